package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.spi.CatalogStore.Registration;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The word that the catalog has changed, from the server to those who wait for it. */
class ChangeHintsTest {
    private static final String LISTENERS =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";

    private final TestDatabase database = TestDatabase.migrated();
    private final HikariDataSource direct = TestDatabase.pool(database.url() + "&ApplicationName=hints", 1);
    private final JdbcQuotaStore store =
            JdbcQuotaStore.builder(database.dataSource()).changeHints(direct).build();
    private final JdbcQuotaStore other = JdbcQuotaStore.create(database.dataSource());
    private final Semaphore hints = new Semaphore(0);

    @AfterEach
    void close() {
        store.close();
        other.close();
        direct.close();
        database.close();
    }

    @Test
    @DisplayName("a change on one node is a hint on another, until the registration ends")
    void hintArrives() throws Exception {
        Registration registration = store.catalog().onHint(hints::release);
        awaitHint(); // that it listens now
        Catalogs.save(other, "a", null);
        awaitHint();

        Semaphore second = new Semaphore(0);
        store.catalog().onHint(second::release);
        registration.close();
        Catalogs.subscribe(other, "u", "a");
        assertThat(second.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hints.availablePermits()).isZero();
    }

    @Test
    @DisplayName("when its connection is cut the store listens on another, and says that it may have missed something")
    void comesBack() throws Exception {
        store.catalog().onHint(hints::release);
        awaitHint();
        for (int round = 0; round < 2; round++) {
            database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hints'");
            awaitHint();
        }
        Catalogs.save(other, "a", null);
        awaitHint();
    }

    @Test
    @DisplayName("a hint that throws harms neither the others nor itself")
    void throwing() throws Exception {
        store.catalog().onHint(() -> {
            hints.release();
            throw new IllegalStateException("on purpose");
        });
        Semaphore second = new Semaphore(0);
        store.catalog().onHint(second::release);
        awaitHint();
        Catalogs.save(other, "a", null);
        awaitHint();
        Catalogs.save(other, "a", null);
        awaitHint();
        assertThat(second.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("without a data source nobody listens, and who asked for hints gets none")
    void silence() {
        other.catalog().onHint(hints::release).close();
        other.catalog().onHint(hints::release);
        Catalogs.save(other, "a", null);
        assertThat(database.ask(LISTENERS)).isEqualTo("0");
        assertThat(hints.availablePermits()).isZero();
    }

    @Test
    @DisplayName("closing the store ends its listening at once, whatever the connection is waiting for")
    void closing() throws Exception {
        store.catalog().onHint(hints::release);
        awaitHint();
        long begun = System.nanoTime();
        store.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
        database.awaitAnswer(LISTENERS, "0");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("quotaguard-jdbc-hints") && thread.isAlive());
        store.close();
    }

    private void awaitHint() throws InterruptedException {
        assertThat(hints.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
}
