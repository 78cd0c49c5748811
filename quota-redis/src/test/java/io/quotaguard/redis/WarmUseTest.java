package io.quotaguard.redis;

import static io.quotaguard.redis.Bench.ARTICLES;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageResult;
import io.quotaguard.testbed.EmbeddedRedis;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the script asks Redis for a use of a loaded subject (decision 0012)")
class WarmUseTest {
    /** The time, the history of writes, the shard's row, all keys, and the length of the stream. */
    private static final int EACH_SCRIPT = 5;
    /** Its row, and what it is charged. */
    private static final int EACH_SUBJECT = 2;
    /** Its key, and its entry in the stream. */
    private static final int EACH_USE = 2;

    private static final int THIS_QUESTION = 1;
    private static final List<String> SUBJECTS = List.of("anna", "bert");
    private static final Pattern CALLS = Pattern.compile("cmdstat_(\\S+?):calls=(\\d+)");

    private EmbeddedRedis redis;
    private FaultBench bench;
    private GatedLedger ledger;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
        bench = FaultBench.on(redis.uri());
        ledger = bench.gateLedger();
        bench.start(1, 1_000);
        SUBJECTS.forEach(subject -> bench.guard().checkAndRecord(subject, ARTICLES));
        // Who posts them waits there, and asks Redis for nothing meanwhile.
        ledger.shut();
        SUBJECTS.forEach(subject -> bench.guard().checkAndRecord(subject, ARTICLES));
        FaultBench.await("it is on its way", ledger::hasOneWaiting);
    }

    @AfterEach
    void stop() {
        ledger.open();
        bench.close();
        redis.close();
    }

    @Test
    @DisplayName("R10: one use by itself is few commands, and a list asks once for what its uses share")
    void commands() {
        assertThat(commandsOf(1)).isLessThanOrEqualTo(EACH_SCRIPT + EACH_SUBJECT + EACH_USE);
        assertThat(commandsOf(40)).isLessThanOrEqualTo(EACH_SCRIPT + 2 * EACH_SUBJECT + 40 * EACH_USE);
    }

    /** Returns how many commands a list of so many uses runs in Redis. */
    private long commandsOf(int uses) {
        List<Usage> list = IntStream.range(0, uses)
                .mapToObj(number -> Usage.of(SUBJECTS.get(number % SUBJECTS.size()), ARTICLES))
                .toList();
        long before = commandsSoFar();
        assertThat(bench.guard().checkAndRecordEach(list)).allMatch(UsageResult::allowed);
        return commandsSoFar() - before - THIS_QUESTION;
    }

    /** Returns how many commands ran, in scripts or by themselves. */
    private long commandsSoFar() {
        long sum = 0;
        Matcher calls = CALLS.matcher(redis.ask("INFO", "commandstats"));
        while (calls.find()) {
            sum += calls.group(1).equals("evalsha") ? 0 : Long.parseLong(calls.group(2));
        }
        return sum;
    }
}
