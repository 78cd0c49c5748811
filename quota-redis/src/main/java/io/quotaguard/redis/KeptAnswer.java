package io.quotaguard.redis;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The answer that a use's key is kept with, for its retries (R7): fingerprint, window's end, totals, and the use itself. */
final class KeptAnswer {
    private KeptAnswer() {}

    static Outcome replay(byte[] kept) {
        int totalsBegin = lineEnd(kept, lineEnd(kept, 0) + 1) + 1;
        int totalsEnd = lineEnd(kept, totalsBegin);
        String totals = new String(kept, totalsBegin, totalsEnd - totalsBegin, StandardCharsets.US_ASCII);
        Command command = UseBytes.read(kept, totalsEnd + 1);
        return new Outcome.Accepted(verdicts(command, List.of(totals.split(",", -1))), true, List.of());
    }

    private static List<Verdict> verdicts(Command command, List<String> totals) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < totals.size(); i++) {
            verdicts.add(charged(command.lines().get(i), Long.parseLong(totals.get(i))));
        }
        return verdicts;
    }

    /** Returns the verdict on a line that was charged, after which {@code used} units were used. */
    static Verdict charged(Line line, long used) {
        long overage = line.terms().limit().overage(used, line.amount());
        return line.verdict(null, new Counter(used, 0), 0, overage, null);
    }

    private static int lineEnd(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at;
    }
}
