package io.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.quotaguard.QuotaGuard;
import io.quotaguard.jdbc.JdbcQuotaStore;
import io.quotaguard.jdbc.QuotaSchema;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.redis.RedisQuotaStore;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testbed.EmbeddedRedis;
import io.quotaguard.testbed.PostgresServers;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The README's Java about Redis, run. {@code ReadmeTest} of quota-jdbc sees to it that nothing else stands there. */
class RedisReadmeSnippetsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    @DisplayName("The example of Redis alone decides in a Redis with nothing behind it")
    void alone() {
        try (EmbeddedRedis server = EmbeddedRedis.start();
                RedisClient client = RedisClient.create()) {
            String redisUri = server.uri();
            // spotless:off
            RedisQuotaStore alone = RedisQuotaStore.alone(client, RedisURI.create(redisUri))
                    .beginIfEmpty() // for the first start
                    .build();
            // spotless:on
            try (alone;
                    QuotaGuard quota =
                            QuotaGuard.builder(alone).timeout(PATIENCE).build()) {
                assertThat(quota.check("user-42", "articles_per_day").reason()).contains(RefusalReason.NO_PLAN);
            }
        }
    }

    @Test
    @DisplayName("The Redis example decides in front of a fresh database")
    void inFrontOfPostgres() {
        try (HikariDataSource pool = new HikariDataSource();
                EmbeddedRedis server = EmbeddedRedis.start()) {
            pool.setJdbcUrl(PostgresServers.shared().freshDatabaseUrl());
            QuotaSchema.migrate(pool);
            JdbcQuotaStore store = JdbcQuotaStore.create(pool);
            String redisUri = server.uri();
            // spotless:off
            RedisClient client =
                    RedisClient.create(); // yours; the store opens a connection of its own and sets nothing on this one
            RedisQuotaStore hot = RedisQuotaStore.inFrontOf(store, client, RedisURI.create(redisUri))
                    .build();
            QuotaGuard quota = QuotaGuard.builder(hot).build();
            // spotless:on
            try (store;
                    client;
                    hot;
                    quota;
                    QuotaGuard patient =
                            QuotaGuard.builder(hot).timeout(PATIENCE).build()) {
                // The first call loads much of Lettuce, which may take longer than the time-out of most hosts.
                assertThat(patient.check("user-42", "articles_per_day").reason())
                        .contains(RefusalReason.NO_PLAN);
                assertThat(quota.check("user-42", "articles_per_day").reason()).contains(RefusalReason.NO_PLAN);
                assertThat(hot.drainLag(Deadline.after(PATIENCE)).entries()).isZero();
            }
        }
    }
}
