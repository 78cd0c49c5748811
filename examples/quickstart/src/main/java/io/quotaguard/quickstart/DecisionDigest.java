package io.quotaguard.quickstart;

import io.quotaguard.model.Decision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One number for all decisions of a day, to see at a glance whether two runs, or two stores, decided the same.
 *
 * <p>It covers line, outcome, units, units left and end of window. Of requests that all threads race for it covers how many
 * ended how in each step and pool, since which of them got the last unit is nobody's to say.
 */
final class DecisionDigest {
    private DecisionDigest() {}

    static String of(RequestLog log, List<Answer> answers) {
        List<String> texts = new ArrayList<>();
        Map<String, Integer> raced = new TreeMap<>();
        for (Answer answer : answers) {
            LogLine line = answer.line();
            if (log.isRaced(line)) {
                String text = Replay.stepOf(line) + " " + log.pool(line.subject()) + " " + line.action() + " "
                        + answer.kind();
                raced.merge(text, 1, Integer::sum);
            } else {
                texts.add(line.number() + " " + answer.kind()
                        + answer.decision().map(DecisionDigest::text).orElse("")
                        + answer.refund().map(DecisionDigest::text).orElse(""));
            }
        }
        raced.forEach((text, count) -> texts.add(text + " " + count));
        return sha256(String.join("\n", texts));
    }

    private static String text(Decision decision) {
        return " " + decision.granted() + " " + decision.remaining() + " " + decision.resetsAt();
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
