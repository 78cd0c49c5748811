package io.quotaguard.torture.check;

import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.Ending;
import java.util.List;

/** B3: no call ends in a way that no rule knows, whatever it was that failed. */
final class AnswerCheck {
    private AnswerCheck() {}

    static void run(Evidence evidence, Findings findings) {
        for (Call call : evidence.history.calls()) {
            if (call.ended(Ending.BROKEN)) {
                findings.broken(Invariant.B3, "thrown at the caller was what no rule knows", List.of(call), List.of());
            }
        }
    }
}
