package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.JoinedQuota;
import io.quotaguard.model.Decision;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A call inside the host's transaction")
class JoinedCallTest extends HostTest {
    @Test
    @DisplayName("R10: counter, ledger row, key and alert come with the host's commit, all at once")
    void commit() throws SQLException {
        try (Connection connection = writing("bread")) {
            Decision decision = quota.in(connection).checkAndRecord(articles("ann", 8, "bread"));
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.used()).isEqualTo(8);
            assertThat(seen()).isEqualTo("0 0 0 0");

            connection.commit();
            assertThat(seen()).isEqualTo("1 1 8 1");
            assertThat(other.usage().verify(TIMEOUT)).isEmpty();
        }
    }

    @Test
    @DisplayName("R10: a rollback leaves nothing, not even the key")
    void rollback() throws SQLException {
        try (Connection connection = writing("bread")) {
            quota.in(connection).checkAndRecord(articles("ann", 8, "bread"));
            connection.rollback();
            assertThat(seen()).isEqualTo("0 0 0 0");

            write(connection, "cake");
            Decision another = quota.in(connection).checkAndRecord(articles("ann", 3, "bread"));
            assertThat(another.replayed()).isFalse();
            connection.commit();
            assertThat(seen()).isEqualTo("1 1 3 0");
        }
    }

    @Test
    @DisplayName("R10: going back to a savepoint takes back what was charged since, and no more")
    void savepoint() throws SQLException {
        try (Connection connection = writing("bread")) {
            JoinedQuota joined = quota.in(connection);
            joined.checkAndRecord(articles("ann", 1, "bread"));
            Savepoint before = connection.setSavepoint();
            write(connection, "cake");
            joined.checkAndRecord(articles("ann", 9, "cake"));
            connection.rollback(before);
            connection.commit();
            assertThat(seen()).isEqualTo("1 1 1 0");
        }
    }

    @Test
    @DisplayName("R2, R9: a refusal is a value; the transaction goes on, and the key is not used up")
    void refusal() throws SQLException {
        try (Connection connection = writing("bread")) {
            JoinedQuota joined = quota.in(connection);
            Decision refused = joined.checkAndRecord(articles("ann", 11, "bread"));
            assertThat(refused.reason()).contains(RefusalReason.EXHAUSTED);
            assertThat(joined.checkAndRecord(articles("ann", 2, "bread")).allowed())
                    .isTrue();
            connection.commit();
            assertThat(seen()).isEqualTo("1 1 2 0");
        }
    }

    @Test
    @DisplayName("R7: a transaction repeated with its key is replayed, also inside itself, and counted once")
    void replay() throws SQLException {
        for (int attempt = 1; attempt <= 2; attempt++) {
            try (Connection connection = writing("bread " + attempt)) {
                JoinedQuota joined = quota.in(connection);
                assertThat(joined.checkAndRecord(articles("ann", 10, "bread")).replayed())
                        .isEqualTo(attempt > 1);
                assertThat(joined.checkAndRecord(articles("ann", 10, "bread")).replayed())
                        .isTrue();
                connection.commit();
            }
        }
        assertThat(seen()).startsWith("2 1 10 ");
    }

    @Test
    @DisplayName("R8: a key of another request is a conflict, and the transaction goes on")
    void conflict() throws SQLException {
        try (Connection connection = writing("bread")) {
            JoinedQuota joined = quota.in(connection);
            joined.checkAndRecord(articles("ann", 1, "bread"));
            Usage another = articles("ann", 2, "bread");
            assertThatThrownBy(() -> joined.checkAndRecord(another)).isInstanceOf(IdempotencyConflictException.class);
            connection.commit();
            assertThat(seen()).isEqualTo("1 1 1 0");
        }
    }

    @Test
    @DisplayName("all of the calls count what the transaction itself has charged, and nobody else sees it")
    void everyCall() throws SQLException {
        try (Connection connection = writing("bread")) {
            JoinedQuota joined = quota.in(connection);
            assertThat(joined.checkAndRecord("ann", "articles").used()).isEqualTo(1);
            assertThat(joined.checkAndRecordUpTo(articles("ann", 7, "many")).granted())
                    .isEqualTo(7);
            assertThat(joined.checkAndRecordAll(List.of(articles("ann", 1, "both"), articles("bob", 4, "both")))
                            .allowed())
                    .isTrue();
            assertThat(joined.check(articles("ann", 1, "look")).remaining()).hasValue(1);
            assertThat(joined.checkAndRecordUpTo(articles("ann", 7, "rest")).granted())
                    .isEqualTo(1);
            assertThat(joined.check(articles("ann", 1, "look")).allowed()).isFalse();
            assertThat(other.check("ann", "articles").remaining()).hasValue(10);
            connection.commit();
        }
        assertThat(other.check("ann", "articles").remaining()).hasValue(0);
        assertThat(other.check("bob", "articles").remaining()).hasValue(6);
    }

    @Test
    @DisplayName(
            "R40: a member's use is charged to its pool in the transaction, read through the host's own connection")
    void pool() throws SQLException {
        Plan team = Plan.named("team").limit("articles", 3, ResetPeriod.NEVER).build();
        other.plans().create(team, BY);
        other.subscriptions().subscribe("kites", "team", BY);
        other.pools().join("ann", "kites", BY);
        try (Connection connection = writing("bread")) {
            JoinedQuota joined = quota.in(connection);
            assertThat(joined.checkAndRecord(articles("ann", 3, "bread")).allowed())
                    .isTrue();
            assertThat(joined.checkAndRecord(articles("ann", 1, "cake")).refused())
                    .singleElement()
                    .satisfies(verdict -> assertThat(verdict.subject()).isEqualTo("kites"));
            connection.rollback();
        }
        assertThat(other.check("kites", "articles").remaining()).hasValue(3);
    }

    @Test
    @DisplayName("what the joined connection has read is cached for all calls")
    void cache() throws SQLException {
        try (Connection connection = writing("bread")) {
            quota.in(connection).checkAndRecord("ann", "articles");
            quota.in(connection).checkAndRecord("ann", "articles");
            connection.commit();
        }
        quota.checkAndRecord("ann", "articles");
        assertThat(quota.statistics().entitlementMisses()).isEqualTo(1);
        assertThat(quota.statistics().allowed()).isEqualTo(3);
    }

    @Test
    @DisplayName("R25: a plan that is edited while the transaction is open counts from the next call on")
    void stalePlan() throws SQLException {
        try (Connection connection = writing("bread")) {
            JoinedQuota joined = quota.in(connection);
            joined.checkAndRecord(articles("ann", 10, "bread"));
            other.plans().update(plan(12).withVersion(1), BY);

            Decision next = joined.checkAndRecord(articles("ann", 2, "cake"));
            assertThat(next.allowed()).isTrue();
            assertThat(next.limit().units()).isEqualTo(12);
            assertThat(quota.statistics().stale()).isEqualTo(1);
            connection.commit();
        }
        assertThat(seen()).startsWith("1 2 12 ");
    }

    @Test
    @DisplayName("a JDBI handle, and the connection of one, can be joined")
    void jdbi() {
        Jdbi jdbi = Jdbi.create(pool);
        Decision decision = jdbi.inTransaction(handle -> {
            handle.execute("INSERT INTO public.article VALUES ('bread')");
            quota.in(handle.getConnection()).checkAndRecord(articles("ann", 1, "bread"));
            return quota.in(handle).checkAndRecord(articles("ann", 1, "cake"));
        });
        assertThat(decision.used()).isEqualTo(2);
        assertThat(seen()).isEqualTo("1 2 2 0");
    }
}
