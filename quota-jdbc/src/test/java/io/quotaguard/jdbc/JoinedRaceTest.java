package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.QuotaUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Calls inside transactions that are open at once")
class JoinedRaceTest extends HostTest {
    @ParameterizedTest(name = "{0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "R1: race for the last unit; the second waits for the end of the first, and gets what a rollback leaves")
    void lastUnit(boolean commits) throws Exception {
        quota.checkAndRecord(articles("ann", 9, "before"));
        try (Connection first = writing("bread");
                Connection second = beginBeside()) {
            assertThat(quota.in(first).checkAndRecord("ann", "articles").allowed())
                    .isTrue();
            CompletableFuture<Decision> waiting =
                    inBackground(() -> other.in(second).checkAndRecord("ann", "articles"));
            database.awaitLockWaits(1);
            end(first, commits);

            assertThat(soon(waiting).allowed()).isEqualTo(!commits);
            second.commit();
            assertThat(seen()).startsWith((commits ? "1" : "0") + " 2 10 ");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("B1: an ordinary call with the same key waits, and replays what was committed or charges what was not")
    void sameKey(boolean commits) throws Exception {
        try (Connection connection = writing("bread")) {
            quota.in(connection).checkAndRecord(articles("ann", 4, "bread"));
            CompletableFuture<Decision> waiting = inBackground(() -> other.checkAndRecord(articles("ann", 4, "bread")));
            database.awaitLockWaits(1);
            end(connection, commits);

            assertThat(soon(waiting).replayed()).isEqualTo(commits);
            assertThat(seen()).isEqualTo((commits ? "1" : "0") + " 1 4 0");
        }
    }

    @Test
    @DisplayName("a change of what a subject may use waits until its open transaction ends")
    void changeWaits() throws Exception {
        try (Connection connection = writing("bread")) {
            quota.in(connection).checkAndRecord(articles("ann", 4, "bread"));
            CompletableFuture<Boolean> waiting = inBackground(() -> {
                other.subscriptions().override(FeatureOverride.ofLimit("ann", "articles", 4), BY);
                return true;
            });
            database.awaitLockWaits(1);
            connection.commit();

            soon(waiting);
            // The change meets the committed use, and fires what it now reaches (R30).
            assertThat(seen()).isEqualTo("1 1 4 3");
        }
    }

    @Test
    @DisplayName(
            "several calls against the order of another's deadlock: one transaction fails whole, and can be repeated")
    void deadlock() throws Exception {
        try (Connection first = writing("bread");
                Connection second = beginBeside()) {
            quota.in(first).checkAndRecord(articles("ann", 1, "first"));
            write(second, "cake");
            other.in(second).checkAndRecord(articles("bob", 1, "second"));
            CompletableFuture<Boolean> one = inBackground(() ->
                    committed(first, () -> quota.in(first).checkAndRecord(articles("bob", 1, "first"))));
            CompletableFuture<Boolean> another = inBackground(() ->
                    committed(second, () -> other.in(second).checkAndRecord(articles("ann", 1, "second"))));

            assertThat(List.of(soon(one), soon(another))).containsExactlyInAnyOrder(true, false);
            assertThat(seen()).isEqualTo("1 2 2 0");
            Connection failed = soon(one) ? second : first;
            write(failed, "again");
            assertThat(quota.in(failed)
                            .checkAndRecordAll(List.of(articles("bob", 1, "again"), articles("ann", 1, "again")))
                            .allowed())
                    .isTrue();
            failed.commit();
            assertThat(seen()).isEqualTo("2 4 4 0");
        }
    }

    @Test
    @DisplayName("R1: of many transactions at once, some of them rolled back, exactly the limit is used")
    void crowd() throws Exception {
        List<CompletableFuture<Integer>> crowd = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            crowd.add(inBackground(() -> writeMany(number)));
        }
        int committed = 0;
        for (CompletableFuture<Integer> one : crowd) {
            committed += soon(one);
        }
        assertThat(committed).isEqualTo(10);
        assertThat(seen()).startsWith("10 10 10 ");
        assertThat(other.usage().verify(TIMEOUT)).isEmpty();
    }

    /** Tries to write an article twenty times, drops every third try, and returns how many it wrote. */
    private int writeMany(int number) {
        int written = 0;
        try (Connection connection = beginBeside()) {
            for (int i = 0; i < 20; i++) {
                write(connection, "article " + number + " " + i);
                boolean allowed =
                        other.in(connection).checkAndRecord("ann", "articles").allowed();
                boolean keeps = allowed && i % 3 < 2;
                end(connection, keeps);
                written += keeps ? 1 : 0;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return written;
    }

    private static void end(Connection connection, boolean commits) throws SQLException {
        if (commits) {
            connection.commit();
        } else {
            connection.rollback();
        }
    }

    /** Commits after the call, or rolls back when it says that the transaction has failed. */
    private static boolean committed(Connection connection, Runnable call) {
        try {
            try {
                call.run();
            } catch (QuotaUnavailableException e) {
                assertThat(e).hasMessageContaining("roll back").hasMessageContaining("deadlock");
                connection.rollback();
                return false;
            }
            connection.commit();
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
