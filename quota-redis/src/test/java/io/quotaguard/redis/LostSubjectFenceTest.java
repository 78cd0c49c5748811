package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.quotaguard.redis.Fences.Attempt;
import io.quotaguard.redis.Fences.Fence;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testbed.EmbeddedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A fence of a subject that Redis has lost (F1, R25)")
class LostSubjectFenceTest {
    private static final String SUBJECT = "user-42";

    private final Deadline deadline = Deadline.after(Duration.ofSeconds(20));

    @Test
    @DisplayName("F1: what was read behind another's fence before the change had ended is not decided by")
    void readBeforeTheEnd() throws RedisFault {
        RedisClient client = RedisClient.create();
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                RedisLink link = RedisLink.to(client, RedisURI.create(redis.uri()))) {
            Scripts scripts = new Scripts(Script::resource);
            Shards shards = new Shards("lost", 1);
            Epochs epochs = new Epochs(link, scripts, shards);
            Fences fences = new Fences(link, scripts, shards, epochs);
            epochs.begin(0, deadline);
            List<Fence> changing = Objects.requireNonNull(fences.fence(List.of(SUBJECT), Fences.For.CHANGE, deadline));
            redis.ask("FLUSHALL");

            Attempt loading = fences.tryToLoad(SUBJECT, "", deadline);
            changing.forEach(fences::free);
            long loaded =
                    RedisLink.await(load(link, scripts, fences, Objects.requireNonNull(loading.fence())), deadline);

            assertThat(loaded).as("loaded").isZero();
            assertThat(redis.ask("EXISTS", shards.subjectKey(0, SUBJECT))).isEqualTo("0");
        } finally {
            client.shutdown();
        }
    }

    private static CompletionStage<Long> load(RedisLink link, Scripts scripts, Fences fences, Fence fence) {
        return link.run(
                scripts.loadSubject,
                ScriptOutputType.INTEGER,
                fences.keys(0, SUBJECT),
                Ascii.of(fence.token()),
                Ascii.of(fence.at().epoch()),
                Ascii.of(10_000),
                Ascii.of(fence.at().fences()),
                Ascii.of(0),
                Ascii.of("r"),
                Ascii.of(1));
    }
}
