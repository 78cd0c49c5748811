package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Plans that must not flip while the tables grow and their statistics do not. */
class PlanStabilityTest {
    private static final int ROWS = 20_000;

    @Test
    @DisplayName("a ledger that fills without ANALYZE is never read from end to end by a decision")
    void keysAreLookedUpByIndex() {
        try (TestDatabase database = TestDatabase.migrated()) {
            // The worst case: statistics that say the tables are tiny, and connections that planned on them.
            database.run("ALTER TABLE quotaguard.usage_record SET (autovacuum_enabled = off);"
                    + " ALTER TABLE quotaguard.usage_counter SET (autovacuum_enabled = off)");
            long scansBefore;
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                run(store, 1, 3);
                database.run("ANALYZE quotaguard.usage_record; ANALYZE quotaguard.usage_counter");
                scansBefore = scans(database);
                run(store, 2, 10);
                run(store, 200, ROWS / 200);
                run(store, 1, 50);
                run(store, 3, 50);
            }
            // The session has ended, and with it its counts are published.
            database.awaitAnswer("SELECT idx_scan > 1000 FROM pg_stat_user_tables WHERE relname = 'usage_record'", "t");
            assertThat(scans(database) - scansBefore).isZero();
        }
    }

    @Test
    @DisplayName("posts of what was decided elsewhere are charged by indexes alone, and so are those that come twice")
    void postsLookUpByIndex() {
        try (TestDatabase database = TestDatabase.migrated()) {
            database.run("ALTER TABLE quotaguard.usage_record SET (autovacuum_enabled = off);"
                    + " ALTER TABLE quotaguard.usage_counter SET (autovacuum_enabled = off)");
            long scansBefore;
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                post(store, 1, 3);
                database.run("ANALYZE quotaguard.usage_record; ANALYZE quotaguard.usage_counter");
                scansBefore = scans(database);
                post(store, 2, 10);
                post(store, 200, 20);
                post(store, 1, 50);
            }
            database.awaitAnswer("SELECT idx_scan > 1000 FROM pg_stat_user_tables WHERE relname = 'usage_record'", "t");
            assertThat(scans(database) - scansBefore).isZero();
        }
    }

    /** Each page twice. */
    private static void post(JdbcQuotaStore store, int size, int times) {
        for (int i = 0; i < times; i++) {
            List<Decided> page = new ArrayList<>();
            for (int j = 0; j < size; j++) {
                Line line = Commands.line("subject " + j % 100, "f", 1, 50);
                page.add(new Decided(Commands.record(line), store.clock().instant()));
            }
            store.post(page, Commands.soon());
            store.post(page, Commands.soon());
        }
    }

    @Test
    @DisplayName("a list of refused uses looks its own keys up and nothing else, however large the ledger has become")
    void refusedListsReadTheirOwnKeys() {
        try (TestDatabase database = TestDatabase.migrated()) {
            int lists = 50;
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                run(store, 200, ROWS / 200);
            }
            database.run("VACUUM ANALYZE quotaguard.usage_record");
            long readBefore = ledgerEntriesRead(database);
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                for (int i = 0; i < lists; i++) {
                    List<Command> commands = new ArrayList<>();
                    for (int j = 0; j < 8; j++) {
                        commands.add(Commands.record(Commands.line("refused " + j, "f", 2, 1)));
                    }
                    assertThat(store.execute(commands, Commands.soon())).hasOnlyElementsOfType(Outcome.Refused.class);
                }
            }
            database.awaitAnswer(
                    "SELECT sum(idx_scan) >= " + lists + " FROM pg_stat_user_indexes WHERE relname = 'usage_record'",
                    "t");
            assertThat(ledgerEntriesRead(database) - readBefore).isLessThan(ROWS);
        }
    }

    private static long ledgerEntriesRead(TestDatabase database) {
        return Long.parseLong(
                database.ask("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'usage_record'"));
    }

    @Test
    @DisplayName(
            "no call reads a table from end to end, however small: the ban on it costs so much that PostgreSQL would"
                    + " compile the call anew each time (JIT)")
    void everyTableIsReadByIndex() {
        try (TestDatabase database = TestDatabase.migrated()) {
            long scansBefore = scansOfAll(database);
            try (HikariDataSource pool = TestDatabase.pool(database.url(), 1);
                    JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
                for (int i = 0; i < 20; i++) {
                    Line use = defaulted("u", 5);
                    Line[] lines = {use, Commands.onBehalf(use, "team", "credits", 2, -1)};
                    Command record = Commands.record("record " + i, lines);
                    Command commit = Commands.hold("commit " + i, Duration.ofHours(1), lines);
                    Command release = Commands.hold("release " + i, Duration.ofHours(1), lines);
                    store.execute(List.of(record, record, commit, release), Commands.soon());
                    Commands.accept(store, Commands.of(Operation.CHECK, "check", lines));
                    Commands.accept(store, Commands.extend(commit, Duration.ofHours(2)));
                    Commands.accept(store, Commands.settle(Operation.COMMIT, commit, 4));
                    Commands.accept(store, Commands.settle(Operation.COMMIT, commit, 4));
                    Commands.accept(store, Commands.settle(Operation.RELEASE, release, 0));
                    Commands.accept(store, Commands.correct(Operation.CORRECT_BY, "correct " + i, 1, record));
                    Commands.accept(store, Commands.of(Operation.RESET, "reset " + i, defaulted("u", 0)));
                }
            }
            database.awaitAnswer("SELECT idx_scan > 50 FROM pg_stat_user_tables WHERE relname = 'usage_record'", "t");
            assertThat(scansOfAll(database) - scansBefore).isZero();
        }
    }

    /** A line that depends on the default plan, of which there is none. */
    private static Line defaulted(String subject, long amount) {
        Terms terms = Commands.topped(subject, "f", amount, 10, -1, 0).terms();
        return new Line(
                subject,
                "f",
                amount,
                new Terms(
                        terms.standing(),
                        terms.limit(),
                        terms.ceiling(),
                        terms.thresholds(),
                        terms.source(),
                        terms.window(),
                        null,
                        null,
                        new CatalogVersion(0, null, 0, 0),
                        true));
    }

    /** How often any table was read from end to end, but for that of the schema's version. */
    private static long scansOfAll(TestDatabase database) {
        return Long.parseLong(database.ask("SELECT sum(seq_scan) FROM pg_stat_user_tables"
                + " WHERE schemaname = 'quotaguard' AND relname <> 'schema_info'"));
    }

    private static void run(JdbcQuotaStore store, int size, int times) {
        for (int i = 0; i < times; i++) {
            List<Command> commands = new ArrayList<>();
            for (int j = 0; j < size; j++) {
                commands.add(Commands.record(Commands.line("subject " + j % 100, "f", 1, -1)));
            }
            store.execute(commands, Commands.soon());
        }
    }

    private static long scans(TestDatabase database) {
        return Long.parseLong(database.ask(
                "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('usage_record', 'usage_counter')"));
    }
}
