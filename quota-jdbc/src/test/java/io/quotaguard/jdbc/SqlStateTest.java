package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.jdbc.Injection.Step;
import io.quotaguard.model.Change;
import io.quotaguard.model.Decision;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Outcome;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every class of error, raised by the server at every step of a decision; afterwards everything is counted once. */
class SqlStateTest {
    private static final long ALWAYS = 1_000_000;
    /** As often as a transaction that others were in the way of is tried. */
    private static final long ATTEMPTS = 5;

    private static final TestDatabase database = TestDatabase.migrated();
    private static final Injection injection = Injection.into(database);
    private static final HikariDataSource pool = injection.pool();
    private static final JdbcQuotaStore store = JdbcQuotaStore.create(pool);
    private static final QuotaGuard quota = QuotaGuard.builder(store).build();

    private final String subject = UUID.randomUUID().toString();
    /** The uses of the subject, and of those beside it, that must be counted by now. */
    private long counted;

    @BeforeAll
    static void plan() {
        Change by = Change.by("admin");
        quota.plans().create(Plan.named("p").limit("g", 100, ResetPeriod.NEVER).build(), by);
        quota.plans().setDefault("p", by);
    }

    @AfterEach
    void heal() {
        injection.heal();
    }

    @AfterAll
    static void close() {
        quota.close();
        store.close();
        pool.close();
        database.close();
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("contention")
    @DisplayName("G1: a transaction that others were in the way of is tried again whole, and not for ever")
    void contention(Step step, String state) {
        assertEach(step, state, 2, Outcome.Accepted.class, Outcome.Accepted.class);
        assertThat(injection.raised()).isEqualTo(2);
        assertEach(step, state, ALWAYS, Outcome.Unavailable.class, Outcome.Unavailable.class);
        assertThat(injection.raised()).as("of the list, the last").isEqualTo(ATTEMPTS);
    }

    static Stream<Arguments> contention() {
        return atEachStep("40001", "40P01");
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("unavailable")
    @DisplayName("G1: a server that could not serve a call has recorded nothing, and the call may be tried again")
    void unavailable(Step step, String state) {
        Outcome outcome = assertEach(step, state, ALWAYS, Outcome.Unavailable.class, Outcome.Unavailable.class);
        assertThat(((Outcome.Unavailable) outcome).retryable()).isTrue();
    }

    static Stream<Arguments> unavailable() {
        return atEachStep("57014", "57P01", "57P03", "53100", "53200", "53300", "55P03");
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("unknown")
    @DisplayName("G1, R43: a connection that breaks leaves the outcome unknown, and the key tells it")
    void unknown(Step step, String state) {
        assertEach(step, state, ALWAYS, Outcome.Unknown.class, Outcome.Unknown.class);
    }

    static Stream<Arguments> unknown() {
        return atEachStep("08000", "08006", "57P02");
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("request")
    @DisplayName("G1: what the database refuses of one command is that command's error alone")
    void request(Step step, String state) {
        assertEach(step, state, ALWAYS, Outcome.Rejected.class, Outcome.Accepted.class);
    }

    static Stream<Arguments> request() {
        return atEachStep("22003", "22021", "23502", "23514");
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("other")
    @DisplayName("G1: an error that says nothing known fails its command alone, and is not tried again")
    void other(Step step, String state) {
        Outcome outcome = assertEach(step, state, ALWAYS, Outcome.Unavailable.class, Outcome.Accepted.class);
        assertThat(((Outcome.Unavailable) outcome).retryable()).isFalse();
    }

    static Stream<Arguments> other() {
        return atEachStep("XX000", "P0001");
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("setup")
    @DisplayName("G1: a schema or rights that are not as needed are said to be, and nothing is tried again")
    void setup(Step step, String state) {
        Outcome outcome = assertEach(step, state, ALWAYS, Outcome.Unavailable.class, Outcome.Unavailable.class);
        Outcome.Unavailable unavailable = (Outcome.Unavailable) outcome;
        assertThat(unavailable.retryable()).isFalse();
        assertThat(unavailable.failure()).hasMessageContaining("injected at " + step);
    }

    static Stream<Arguments> setup() {
        return atEachStep("42501", "42P01", "42883", "3F000");
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    @DisplayName("R43: the guard finds out itself what became of a call, while its time lasts; it is counted once")
    void guard(Step step) {
        quota.checkAndRecord(subject, "g");
        for (String state : List.of("08006", "53300", "40001")) {
            injection.fail(step, subject, state, 1);
            Decision decision = quota.checkAndRecord(Usage.of(subject, "g").key(state));
            assertThat(decision.allowed()).isTrue();
            assertThat(injection.raised()).isEqualTo(1);
        }
        injection.fail(step, subject, "08006", ALWAYS);
        assertThatThrownBy(() -> quota.checkAndRecord(Usage.of(subject, "g").key("k")))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class,
                        unknown -> assertThat(unknown.key()).isEqualTo("k"));
        injection.fail(step, subject, "53100", ALWAYS);
        assertThatThrownBy(() -> quota.checkAndRecord(Usage.of(subject, "g").key("k")))
                .isInstanceOf(QuotaUnavailableException.class);
        injection.heal();
        quota.checkAndRecord(Usage.of(subject, "g").key("k"));
        assertThat(database.ask("SELECT used FROM quotaguard.usage_counter WHERE subject = '" + subject + "'"))
                .isEqualTo("5");
        assertCountedOnce(5);
    }

    private static Stream<Arguments> atEachStep(String... states) {
        return Stream.of(Step.values()).flatMap(step -> Stream.of(states).map(state -> Arguments.of(step, state)));
    }

    /**
     * Lets a use fail by itself, and then among uses of others, in a list; heals, repeats, and verifies that each was
     * counted once.
     *
     * @return what became of it by itself
     */
    private Outcome assertEach(
            Step step, String state, long times, Class<? extends Outcome> ofOne, Class<? extends Outcome> ofTheOthers) {
        injection.heal();
        Commands.accept(store, use(subject));
        Command alone = use(subject);
        List<Command> list = List.of(use("a " + subject), use(subject), use("z " + subject), use("a " + subject));
        if (step == Step.KEY) {
            // There is a row to be read only for a key that is known.
            Commands.accept(store, alone);
            Commands.accept(store, list.get(1));
        }
        long before = rows();

        injection.fail(step, subject, state, times);
        Outcome outcome = Commands.run(store, alone);
        assertThat(outcome).isInstanceOf(ofOne);
        assertThat(injection.raised()).isPositive();

        injection.fail(step, subject, state, times);
        List<Outcome> outcomes = store.execute(list, Commands.soon());
        assertThat(outcomes.get(1)).isInstanceOf(ofOne);
        assertThat(List.of(outcomes.get(0), outcomes.get(2), outcomes.get(3))).hasOnlyElementsOfType(ofTheOthers);

        long charged = Stream.concat(Stream.of(outcome), outcomes.stream())
                .filter(SqlStateTest::isCharged)
                .count();
        assertThat(rows()).as("what was not told to be charged is not").isEqualTo(before + charged);
        injection.heal();
        Commands.accept(store, alone);
        list.forEach(command -> Commands.accept(store, command));
        counted += 6;
        assertCountedOnce(counted);
        return outcome;
    }

    private static boolean isCharged(Outcome outcome) {
        return outcome instanceof Outcome.Accepted accepted && !accepted.replayed();
    }

    private static Command use(String subject) {
        return Commands.record(Commands.line(subject, "f", 1, 1_000));
    }

    private long rows() {
        return Long.parseLong(
                database.ask("SELECT count(*) FROM quotaguard.usage_record WHERE subject LIKE '%" + subject + "'"));
    }

    private void assertCountedOnce(long uses) {
        assertThat(rows()).isEqualTo(uses);
        assertThat(database.ask("SELECT sum(used) FROM quotaguard.usage_counter WHERE subject LIKE '%" + subject + "'"))
                .isEqualTo(Long.toString(uses));
    }
}
