package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.testing.RecordingListener;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R33: the alerts of a joined call")
class JoinedAlertsTest extends HostTest {
    private final RecordingListener listener = new RecordingListener();

    /** The outbox is looked at because of what this guard's calls say, or not at all. */
    private final QuotaGuard told = QuotaGuard.builder(otherStore)
            .timeout(TIMEOUT)
            .alertPollInterval(NEVER)
            .listener(listener)
            .build();

    @AfterEach
    void close() {
        told.close();
    }

    @Test
    @DisplayName("are told after the host's commit, though nobody says when that is, and not before")
    void afterCommit() throws SQLException {
        try (Connection connection = writing("bread")) {
            told.in(connection).checkAndRecord(articles("ann", 10, "bread"));
            // Another subject's, which are told: the outbox was looked at while the transaction was open.
            told.checkAndRecord(articles("bob", 8, "cake"));
            assertThat(listener.await(1)).extracting(Alert::subject).containsExactly("bob");
            assertThat(told.alerts().unsent("ann", 10)).isEmpty();

            connection.commit();
        }
        assertThat(listener.await(4))
                .filteredOn(alert -> alert.subject().equals("ann"))
                .extracting(Alert::threshold)
                .containsExactly(80, 95, 100);
    }

    @Test
    @DisplayName("of a transaction that is rolled back are never told, nor in the way of those that are")
    void afterRollback() throws SQLException {
        try (Connection connection = writing("bread")) {
            told.in(connection).checkAndRecord(articles("ann", 10, "bread"));
            connection.rollback();
            told.in(connection).checkAndRecord(articles("ann", 8, "cake"));
            connection.commit();
        }
        assertThat(listener.await(1)).extracting(Alert::threshold).containsExactly(80);
        told.checkAndRecord(articles("ann", 2, "last"));
        assertThat(listener.await(3)).extracting(Alert::threshold).containsExactly(80, 95, 100);
        assertThat(database.count("quota_alert")).isEqualTo(3);
    }
}
