package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.quotaguard.model.Drift;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Verification;
import io.quotaguard.spi.Deadline;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R42: the comparison in pages, of whatever size, while the counters move. */
class CounterCheckTest extends StoreTest {
    private final Database all = new Database(new Connections(database.dataSource()), QuotaSchema.DEFAULT_NAME);

    private Verification check(int rowsPerPage, List<Drift> found) {
        CounterCheck check = new CounterCheck(all, rowsPerPage);
        return check.run(
                null,
                suspect -> {
                    var drift = check.compare(suspect, Commands.soon());
                    drift.ifPresent(found::add);
                    return drift.isPresent();
                },
                Commands.soon());
    }

    private void use(String subject, String feature, int times) {
        for (int i = 0; i < times; i++) {
            Commands.accept(store, Commands.record(Commands.line(subject, feature, 1, -1)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    @DisplayName(
            "R42: wherever its pages end, it finds each drift once: of counters, of rows without one, and of one without rows")
    void everyPageSize(int rowsPerPage) {
        use("a", "f", 3);
        use("a", "g", 2);
        use("b", "f", 7);
        use("c", "f", 1);
        use("é", "f", 2);
        use("\uD83D\uDE00", "f", 2);
        assertThat(check(rowsPerPage, new ArrayList<>())).isEqualTo(new Verification(6, 0, true, "\uD83D\uDE00"));
        database.corrupt("a", "g", 5);
        database.corrupt("b", "f", -2);
        database.run("DELETE FROM quotaguard.usage_counter WHERE subject IN ('c', '\uD83D\uDE00')");
        database.run("DELETE FROM quotaguard.usage_record WHERE subject = 'é'");

        List<Drift> found = new ArrayList<>();
        Verification seen = check(rowsPerPage, found);

        assertThat(seen.complete()).isTrue();
        assertThat(seen.drifts()).isEqualTo(5);
        assertThat(found)
                .extracting(Drift::subject, Drift::feature, Drift::counted, Drift::ledger)
                .containsExactlyInAnyOrder(
                        tuple("a", "g", 7L, 2L),
                        tuple("b", "f", 5L, 7L),
                        tuple("c", "f", 0L, 1L),
                        tuple("é", "f", 2L, 0L),
                        tuple("\uD83D\uDE00", "f", 0L, 2L));
    }

    @Test
    @DisplayName(
            "R42: nobody waits for it, nor it for anybody: it finishes while another transaction has every counter locked")
    void locksNothing() throws Exception {
        use("a", "f", 3);
        use("b", "f", 3);
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE quotaguard.usage_counter, quotaguard.usage_record IN ROW EXCLUSIVE MODE");
            statement.execute("SELECT 1 FROM quotaguard.usage_counter FOR UPDATE");
            statement.execute("UPDATE quotaguard.usage_counter SET used = used + 1");

            assertThat(store.ledger().verify(null, drift -> {}, Commands.soon()))
                    .isEqualTo(new Verification(2, 0, true, "b"));
            other.rollback();
        }
        assertThat(store.ledger().verify(null, drift -> {}, Commands.soon()).drifts())
                .isZero();
    }

    @Test
    @DisplayName("R42: uses that go on meanwhile are no drift, however many pages their counters go over")
    void usesGoOn() throws Exception {
        use("hot", "f", 500);
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int n = 0; n < 3; n++) {
                String own = "own " + n;
                writers.add(pool.submit(() -> {
                    while (!stop.get()) {
                        use("hot", "f", 1);
                        use(own, "f", 1);
                    }
                }));
            }
            for (int n = 0; n < 10; n++) {
                List<Drift> found = new ArrayList<>();
                assertThat(check(200 + n, found).complete()).isTrue();
                assertThat(found).isEmpty();
            }
            stop.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            // Whatever happened, nobody may write when another test has the database.
            stop.set(true);
            pool.shutdown();
            assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    @Test
    @DisplayName("R45: when the time is up it says how far it came, and the next call goes on there")
    void timeIsUp() {
        use("a", "f", 3);
        use("b", "f", 3);
        use("c", "f", 3);
        database.corrupt("a", "f", 1);
        database.corrupt("c", "f", 1);
        CounterCheck check = new CounterCheck(all, 2);
        List<String> found = new ArrayList<>();

        assertThat(check.run(null, drift -> true, Deadline.after(Duration.ofNanos(1))))
                .isEqualTo(new Verification(0, 0, false, null));
        assertThat(check.run("b", drift -> found.add(drift.subject()), Commands.soon()))
                .isEqualTo(new Verification(1, 1, true, "c"));

        assertThat(found).containsExactly("c");
        assertThatThrownBy(() -> store.ledger().verify(Deadline.after(Duration.ofNanos(1))))
                .isInstanceOf(QuotaUnavailableException.class)
                .hasMessageContaining("0 were")
                .hasMessageContaining("R45");
    }

    @Test
    @DisplayName(
            "R45: a page that another transaction's lock on the whole table holds up ends in time, and the session is sound")
    void heldUp() throws Exception {
        use("a", "f", 3);
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE quotaguard.usage_record IN ACCESS EXCLUSIVE MODE");

            Verification seen = store.ledger().verify(null, drift -> {}, Deadline.after(Duration.ofMillis(400)));

            assertThat(seen).isEqualTo(new Verification(0, 0, false, null));
            other.rollback();
        }
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
    }
}
