package io.quotaguard.torture.check;

import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import java.util.List;

/** B3, B4: no call ends in a way that no rule knows, whatever it was that failed; and once all is healed, each is answered. */
final class AnswerCheck {
    private AnswerCheck() {}

    static void run(Evidence evidence, Findings findings) {
        for (Call call : evidence.history.calls()) {
            if (call.ended(Ending.BROKEN)) {
                findings.broken(Invariant.B3, "thrown at the caller was what no rule knows", List.of(call), List.of());
            }
            if (call.node().equals(History.HEALED)) {
                findings.count("open keys asked once more", 1);
                if (call.open() || call.ended(Ending.UNAVAILABLE)) {
                    findings.broken(Invariant.B4, "no answer though everything was healed", List.of(call), List.of());
                }
            }
        }
    }
}
