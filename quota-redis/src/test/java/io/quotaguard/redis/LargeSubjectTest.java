package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.quotaguard.redis.Fences.Fence;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A subject with very many counters (F1, R46)")
class LargeSubjectTest {
    private static final String SUBJECT = "user-42";
    private static final int COUNTERS = 20_000;

    private final Deadline deadline = Deadline.after(Duration.ofSeconds(20));

    @Test
    @DisplayName("F1: is loaded whole")
    void loadedWhole() throws RedisFault {
        RedisClient client = RedisClient.create();
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                RedisLink link = RedisLink.to(client, RedisURI.create(redis.uri()))) {
            Scripts scripts = new Scripts(Script::resource);
            Shards shards = new Shards("large", 1);
            Epochs epochs = new Epochs(link, scripts, shards);
            Fences fences = new Fences(link, scripts, shards, epochs);
            epochs.begin(0, deadline);
            Fence fence = Objects.requireNonNull(
                    fences.tryToLoad(SUBJECT, "", deadline).fence());

            long loaded = RedisLink.await(
                    link.<Long>run(
                            scripts.loadSubject, ScriptOutputType.INTEGER, fences.keys(0, SUBJECT), arguments(fence)),
                    deadline);

            assertThat(loaded).as("loaded").isOne();
            String key = shards.subjectKey(0, SUBJECT);
            assertThat(redis.ask("HGET", key, "c0")).isEqualTo("0");
            assertThat(redis.ask("HGET", key, "c" + (COUNTERS - 1))).isEqualTo(Integer.toString(COUNTERS - 1));
            // Beside them stand the epoch, the revision and what tells of uses that were held up.
            assertThat(redis.ask("HLEN", key)).isEqualTo(Integer.toString(COUNTERS + 5));
            assertThat(redis.ask("HGET", key, "r")).isEqualTo("1");
            assertThat(Long.parseLong(redis.ask("PTTL", key))).isPositive();
        } finally {
            client.shutdown();
        }
    }

    private static byte[][] arguments(Fence fence) {
        List<byte[]> arguments = new ArrayList<>(List.of(
                Ascii.of(fence.token()),
                Ascii.of(fence.at().epoch()),
                Ascii.of(10_000),
                Ascii.of(fence.at().fences()),
                Ascii.of(0),
                Ascii.of("r"),
                Ascii.of(1)));
        for (int n = 0; n < COUNTERS; n++) {
            arguments.add(Ascii.of("c" + n));
            arguments.add(Ascii.of(n));
        }
        return arguments.toArray(byte[][]::new);
    }
}
