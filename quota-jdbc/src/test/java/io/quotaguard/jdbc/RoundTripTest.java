package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one call costs, counted on the wire and by the server. */
class RoundTripTest {
    private static final int CALLS = 40;

    @Test
    @DisplayName("one round trip and one transaction, whatever the answer is")
    void oneOfEach() {
        try (TestDatabase database = TestDatabase.migrated();
                HikariDataSource pool = TestDatabase.pool(
                        database.url() + "&socketFactory=" + CountingSocketFactory.class.getName(), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            Commands.run(store, Commands.record("first", Commands.line("used", "f", 5, 10)));

            assertOneOfEach(store, database, Outcome.Accepted.class, i -> accepted("used" + i % 2));
            assertOneOfEach(store, database, Outcome.Accepted.class, i -> accepted("never seen " + i));
            assertOneOfEach(
                    store, database, Outcome.Refused.class, i -> Commands.record(Commands.line("used", "f", 6, 10)));
            assertOneOfEach(
                    store, database, Outcome.Refused.class, i -> Commands.record(Commands.line("new " + i, "f", 6, 5)));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Accepted.class,
                    i -> Commands.record("first", Commands.line("used", "f", 5, 10)));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Conflict.class,
                    i -> Commands.record("first", Commands.line("used", "f", 4, 10)));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Accepted.class,
                    i -> Commands.of(Operation.CHECK, "check", Commands.line("used", "f", 1, 10)));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Accepted.class,
                    i -> Commands.record(
                            Commands.line("several " + i, "f", 1, 10), Commands.line("several " + i, "g", 1, 10)));
        }
    }

    @Test
    @DisplayName(
            "one of each also for a use over several levels, for a hold and what becomes of it, and for a correction")
    void oneOfEachKind() {
        try (TestDatabase database = TestDatabase.migrated();
                HikariDataSource pool = TestDatabase.pool(
                        database.url() + "&socketFactory=" + CountingSocketFactory.class.getName(), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            Line use = Commands.line("u", "f", 2, 1_000_000);
            Line[] levels = {
                use, Commands.onBehalf(use, "team", "f", 1, -1), Commands.onBehalf(use, "org", "credits", 3, -1)
            };
            IntFunction<Command> hold = i -> Commands.hold("hold " + i, Duration.ofHours(1), levels);
            IntFunction<Command> record = i -> Commands.record("record " + i, levels);

            assertOneOfEach(store, database, Outcome.Accepted.class, record);
            assertOneOfEach(store, database, Outcome.Accepted.class, record);
            assertOneOfEach(
                    store, database, Outcome.Accepted.class, i -> Commands.of(Operation.UP_TO, "up to " + i, levels));
            assertOneOfEach(store, database, Outcome.Accepted.class, hold);
            assertOneOfEach(
                    store, database, Outcome.Accepted.class, i -> Commands.extend(hold.apply(i), Duration.ofHours(2)));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Accepted.class,
                    i -> Commands.settle(i % 2 == 0 ? Operation.COMMIT : Operation.RELEASE, hold.apply(i), 1 - i % 2));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Settled.class,
                    i -> Commands.settle(i % 2 == 0 ? Operation.RELEASE : Operation.COMMIT, hold.apply(i), i % 2));
            assertOneOfEach(
                    store,
                    database,
                    Outcome.Accepted.class,
                    i -> Commands.correct(Operation.CORRECT_TO, "correct " + i, 1, record.apply(i)));
        }
    }

    @Test
    @DisplayName("a list of commands takes one round trip and one transaction too")
    void listOfCommands() {
        try (TestDatabase database = TestDatabase.migrated();
                HikariDataSource pool = TestDatabase.pool(
                        database.url() + "&socketFactory=" + CountingSocketFactory.class.getName(), 1);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool)) {
            List<Command> commands = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                commands.add(accepted("subject " + i % 50));
            }
            store.execute(commands, Commands.soon());
            long before = CountingSocketFactory.roundTrips();
            long transactions = transactions(database);

            List<Outcome> outcomes = store.execute(again(commands), Commands.soon());

            assertThat(outcomes).hasSize(64).hasOnlyElementsOfType(Outcome.Accepted.class);
            assertThat(CountingSocketFactory.roundTrips() - before).isEqualTo(1);
            assertThat(transactions(database) - transactions).isEqualTo(1);
        }
    }

    private static List<Command> again(List<Command> commands) {
        return commands.stream()
                .map(command -> Commands.record(command.lines().get(0)))
                .toList();
    }

    private static void assertOneOfEach(
            JdbcQuotaStore store, TestDatabase database, Class<? extends Outcome> kind, IntFunction<Command> command) {
        long roundTrips = CountingSocketFactory.roundTrips();
        long transactions = transactions(database);
        for (int i = 0; i < CALLS; i++) {
            assertThat(Commands.run(store, command.apply(i))).isInstanceOf(kind);
        }
        assertThat(CountingSocketFactory.roundTrips() - roundTrips)
                .as(kind.getSimpleName())
                .isEqualTo(CALLS);
        // Reads take no transaction number, so they may use fewer; the server's own housekeeping may add a few.
        assertThat(transactions(database) - transactions)
                .as(kind.getSimpleName())
                .isBetween(0L, CALLS + 5L);
    }

    /** How many transactions that change something the server has begun so far. */
    private static long transactions(TestDatabase database) {
        return Long.parseLong(database.ask("SELECT txid_snapshot_xmax(txid_current_snapshot())"));
    }

    private static Command accepted(String subject) {
        return Commands.record(UUID.randomUUID().toString(), Commands.line(subject, "f", 1, 1_000_000));
    }
}
