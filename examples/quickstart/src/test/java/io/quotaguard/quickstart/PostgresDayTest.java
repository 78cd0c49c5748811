package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.QuotaGuard;
import io.quotaguard.testbed.PostgresServers;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A day on PostgreSQL")
class PostgresDayTest {
    private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());

    private static final String SMALL = """
            2026-03-31T23:00:00+08:00 ann subscribe plan=free zone=Asia/Shanghai
            2026-03-31T23:00:00+08:00 kites subscribe plan=team zone=Asia/Shanghai
            2026-03-31T23:00:00+08:00 bob join team=kites
            2026-03-31T23:30:00+08:00 ann generate key=g-1 topic="rye bread"
            2026-03-31T23:30:05+08:00 ann generate key=g-1 topic="rye bread"
            2026-03-31T23:35:00+08:00 bob generate key=g-2 topic="rye bread" failed="timed out"
            2026-03-31T23:40:00+08:00 bob publish key=p-3 channels=blog,shop down=shop
            2026-03-31T23:40:00+08:00 ann publish key=p-1 channels=blog,shop,wechat
            2026-03-31T23:50:00+08:00 ann publish key=p-2 channels=blog,shop
            2026-03-31T23:50:00+08:00 bob nightly key=n-1 posts=120
            2026-04-01T00:00:00+08:00 ann publish key=p-2 channels=blog,shop
            2026-04-01T00:00:00+08:00 bob publish key=p-4 channels=blog
            """;

    @Test
    @DisplayName("is decided as on the memory store, on a server of the example's own")
    void isDecidedAsInMemory() throws InterruptedException {
        RequestLog log = RequestLog.shipped();
        Day day;
        try (Backend backend = PostgresBackend.embedded(log.start())) {
            day = Day.replay(log, backend, 4, SILENT);
        }
        Day inMemory = MemoryDayTest.replay(log, 4);
        assertThat(day.proofs()).allMatch(Proof::holds);
        assertThat(day.digest()).isEqualTo(inMemory.digest());
        assertThat(day.pools()).isEqualTo(inMemory.pools());
        assertThat(inMemory.crashes()).isEmpty();
        assertThat(day.crashes()).hasValueSatisfying(report -> {
            assertThat(report.crashes()).isGreaterThan(20);
            assertThat(report.articles()).isEqualTo(report.usages()).isGreaterThan(100);
        });
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("R10: an article without its usage, a usage without its article, and two that differ fail the proof")
    @ValueSource(
            strings = {
                "DELETE FROM published_article WHERE key = 'p-1'",
                "DELETE FROM usage_record WHERE key = 'p-1'",
                "UPDATE published_article SET channels = 7 WHERE key = 'p-1'"
            })
    void halves(String damage) throws IOException, InterruptedException, SQLException {
        String url = PostgresServers.shared().freshDatabaseUrl();
        RequestLog log = RequestLogTest.read(SMALL);
        try (Backend backend = PostgresBackend.at(url, null, null, log.start())) {
            Day day = Day.replay(log, backend, 2, SILENT);
            assertThat(day.crashes().map(CrashReport::articles)).contains(4L);
            run(url, "SET search_path = quotaguard_quickstart; " + damage);
            assertThat(backend.crashes().map(CrashReport::halves)).contains(1L);
            assertThat(backend.crashes().map(CrashReport::proof))
                    .hasValueSatisfying(proof -> assertThat(proof.holds()).isFalse());
        }
    }

    @Test
    @DisplayName("in a database of the user's touches one schema, and may be repeated")
    void mayBeRepeated() throws IOException, InterruptedException, SQLException {
        String url = PostgresServers.shared().freshDatabaseUrl();
        run(url, "CREATE TABLE theirs (x int)");
        assertThat(replay(url).proven()).isTrue();
        assertThat(replay(url).answers())
                .extracting(Answer::kind)
                .containsExactly(
                        Answer.Kind.ACCOUNT,
                        Answer.Kind.ACCOUNT,
                        Answer.Kind.ACCOUNT,
                        Answer.Kind.ALLOWED,
                        Answer.Kind.REPLAYED,
                        Answer.Kind.FAILED,
                        Answer.Kind.ALLOWED,
                        Answer.Kind.ALLOWED,
                        Answer.Kind.REFUSED,
                        Answer.Kind.ALLOWED,
                        Answer.Kind.ALLOWED,
                        Answer.Kind.ALLOWED);
        run(url, "DO $$ BEGIN ASSERT to_regnamespace('quotaguard') IS NULL; END $$");
        run(url, "SELECT x FROM theirs");
    }

    @Test
    @DisplayName("does not drop a schema that somebody else made")
    void sparesWhatItDidNotMake() throws SQLException {
        String url = PostgresServers.shared().freshDatabaseUrl();
        run(url, "CREATE SCHEMA quotaguard_quickstart");
        assertThatThrownBy(() -> PostgresBackend.at(url, null, null, Instant.EPOCH))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("was not made by this example");
        run(url, "CREATE TABLE quotaguard_quickstart.still_there (x int)");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("R42: whose ledger or counters were changed behind the guard's back fails its proof")
    @CsvSource(delimiter = '|', textBlock = """
            the sum of the ledger equals every counter  | UPDATE usage_counter SET used = used + 1
            no limit was passed in any window           | UPDATE usage_record SET limit_units = 0
            no limit was passed in any window           | UPDATE usage_record SET recorded_at = recorded_at - interval '9 days'
            every retry is counted once                 | UPDATE usage_record SET key = 'lost' WHERE key = 'g-1'
            what failed costs nothing                   | UPDATE usage_counter SET held = held + 1 WHERE subject = 'bob'
            what failed costs nothing                   | UPDATE usage_record SET key = 'g-2' WHERE subject = 'bob'
            the shares of a team's members add up to what the team used | UPDATE usage_counter SET used = 5 WHERE subject = 'kites'
            what was allowed is what the ledger has     | DELETE FROM usage_record WHERE key = 'p-1'
            """)
    void failsItsProof(String claim, String damage) throws IOException, InterruptedException, SQLException {
        String url = PostgresServers.shared().freshDatabaseUrl();
        RequestLog log = RequestLogTest.read(SMALL);
        try (Backend backend = PostgresBackend.at(url, null, null, log.start())) {
            Day day = Day.replay(log, backend, 2, SILENT);
            try (QuotaGuard quota = QuotaGuard.builder(backend.store()).build()) {
                run(url, "SET search_path = quotaguard_quickstart; " + damage);
                assertThat(new LedgerProof(quota, log, day.answers()).all())
                        .filteredOn(proof -> !proof.holds())
                        .extracting(Proof::claim)
                        .contains(claim);
            }
        }
    }

    private static Day replay(String url) throws IOException, InterruptedException {
        RequestLog log = RequestLogTest.read(SMALL);
        try (Backend backend = PostgresBackend.at(url, null, null, log.start())) {
            return Day.replay(log, backend, 2, SILENT);
        }
    }

    private static void run(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
