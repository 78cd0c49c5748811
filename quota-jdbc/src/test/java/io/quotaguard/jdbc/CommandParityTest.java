package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded random commands of every kind, over pools, credits and grants, on the reference store and on PostgreSQL. */
class CommandParityTest {
    private static final int STEPS = Integer.getInteger("quota.parity.commands", 400);
    private static final List<String> USERS = List.of("ann", "ben");
    private static final List<String> LEVELS = List.of("ann", "ben", "team", "org");
    private static final Map<String, Long> LIMITS =
            Map.of("ann f", 25L, "ben f", 10L, "team f", 50L, "org f", -1L, "team credits", 150L, "org credits", 90L);
    private static final Map<String, Long> CEILINGS = Map.of("ben f", 14L, "team f", -1L, "org credits", 95L);

    private final Map<String, Long> revisions = new HashMap<>();
    /** The subjects and features of grants by number, until they are voided. */
    private final Map<Long, String> grants = new HashMap<>();
    /** Earlier commands that a later one may repeat, settle or correct. */
    private final List<Command> charges = new ArrayList<>();

    private final List<Command> holds = new ArrayList<>();

    private Random random = new Random(0);
    private Instant now = Catalogs.START;
    private long lastGrant;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("R1–R41: the same commands get the same answers and leave the same ledger as in the reference store")
    void sameAnswers(long seed) {
        random = new Random(seed);
        try (TestDatabase database = TestDatabase.migrated();
                JdbcQuotaStore jdbc = JdbcQuotaStore.create(database.dataSource());
                InMemoryQuotaStore memory = InMemoryQuotaStore.builder()
                        .clock(() -> now)
                        .retention(Duration.ofDays(36_500))
                        .build()) {
            database.settableClock(now);
            for (int i = 0; i < STEPS; i++) {
                if (random.nextInt(4) == 0) {
                    now = now.plus(Duration.ofSeconds(random.nextInt(400)));
                    database.setClock(now);
                }
                String context = "seed " + seed + ", step " + i + " at " + now + ": ";
                if (random.nextInt(12) == 0) {
                    CatalogCommand change = change();
                    CatalogOutcome outcome = memory.catalog().apply(change, Commands.soon());
                    assertThat(outcome).as(context).isInstanceOf(CatalogOutcome.Applied.class);
                    assertThat(told(jdbc.catalog().apply(change, Commands.soon())))
                            .as(context + change)
                            .isEqualTo(told(outcome));
                    continue;
                }
                Command command = command();
                Outcome outcome = Commands.run(memory, located(memory, command));
                assertThat(told(Commands.run(jdbc, located(jdbc, command))))
                        .as(context + command)
                        .isEqualTo(told(outcome));
                remember(command, outcome);
            }
            for (String subject : LEVELS) {
                assertThat(ledger(jdbc, subject)).as(subject).isEqualTo(ledger(memory, subject));
            }
            assertThat(jdbc.ledger().verify(Commands.soon())).isEmpty();
            assertThat(memory.ledger().verify(Commands.soon())).isEmpty();
        }
    }

    private CatalogCommand change() {
        if (!grants.isEmpty() && random.nextInt(3) == 0) {
            long id = any(List.copyOf(grants.keySet()));
            String subject = subjectOf(Objects.requireNonNull(grants.get(id)));
            long expected = revisions.getOrDefault(subject, 0L);
            grants.remove(id);
            revisions.put(subject, expected + 1);
            return new CatalogCommand.VoidGrant(subject, id, expected, realigned(subject), Catalogs.TEST);
        }
        String subject = any(LEVELS);
        String feature = random.nextInt(3) == 0 && LIMITS.containsKey(subject + " credits") ? "credits" : "f";
        long expected = revisions.getOrDefault(subject, 0L);
        revisions.put(subject, expected + 1);
        grants.put(++lastGrant, subject + " " + feature);
        Grant grant = Grant.of(subject, feature, 1 + random.nextInt(25)).priority(random.nextInt(3));
        grant = random.nextInt(3) == 0 ? grant.from(now.plusSeconds(random.nextInt(600))) : grant;
        grant = random.nextInt(2) == 0 ? grant.until(now.plusSeconds(700 + random.nextInt(4000))) : grant;
        return new CatalogCommand.SaveGrant(grant, expected, realigned(subject), Catalogs.TEST);
    }

    private List<Line> realigned(String subject) {
        return LIMITS.keySet().stream()
                .filter(counter -> counter.startsWith(subject + " "))
                .sorted()
                .map(CommandParityTest::featureOf)
                .map(feature -> new Line(subject, feature, 0, terms(subject, feature)))
                .toList();
    }

    private static String subjectOf(String counter) {
        return counter.substring(0, counter.indexOf(' '));
    }

    private static String featureOf(String counter) {
        return counter.substring(counter.indexOf(' ') + 1);
    }

    private Command command() {
        return switch (random.nextInt(12)) {
            case 0 -> plain(Operation.CHECK, key(), use());
            case 1 -> plain(Operation.UP_TO, key(), use());
            case 2 -> plain(Operation.POST, key(), use());
            case 3 -> random.nextInt(2) == 0 ? reset() : plain(Operation.RECORD, key(), both());
            case 4, 5 -> hold();
            case 6, 7 -> holds.isEmpty() ? hold() : settle(any(last(holds)));
            case 8, 9 -> charges.isEmpty() ? plain(Operation.RECORD, key(), use()) : correct(any(last(charges)));
            case 10 -> charges.isEmpty() ? plain(Operation.RECORD, key(), use()) : again(any(last(charges)));
            default -> plain(Operation.RECORD, key(), use());
        };
    }

    private String key() {
        return random.nextInt(8) == 0 ? "k" + random.nextInt(6) : "key-" + random.nextLong();
    }

    private static Command plain(Operation operation, String key, List<Line> lines) {
        return new Command(operation, key, lines, Map.of("job", "j"));
    }

    /** A use with the levels and credits that it is charged to. */
    private List<Line> use() {
        return use(any(USERS), 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 6));
    }

    private List<Line> use(String user, long amount) {
        List<Line> lines = new ArrayList<>();
        lines.add(line(user, "f", amount, null));
        int levels = random.nextInt(3);
        if (levels > 0) {
            lines.add(line("team", "f", amount, new Origin(user, "f", 1)));
            lines.add(line("team", "credits", amount * 3, new Origin(user, "f", 3)));
        }
        if (levels > 1) {
            lines.add(line("org", "f", amount, new Origin(user, "f", 1)));
            lines.add(line("org", "credits", amount * 2, new Origin(user, "f", 2)));
        }
        return lines;
    }

    private List<Line> both() {
        List<Line> lines = new ArrayList<>(use("ann", 1 + random.nextInt(6)));
        lines.addAll(use("ben", 1 + random.nextInt(6)));
        return lines;
    }

    private Command again(Command earlier) {
        long amount = use(earlier).amount() + (random.nextInt(4) == 0 ? 1 : 0);
        return plain(Operation.RECORD, earlier.key(), use(use(earlier).subject(), amount));
    }

    private Command reset() {
        String subject = any(LEVELS);
        return plain(Operation.RESET, key(), List.of(line(subject, "f", 0, null)));
    }

    private Command hold() {
        Command command = plain(Operation.HOLD, key(), use());
        Target target = new Target(command.identity(use(command)), Duration.ofSeconds(60 + random.nextInt(1200)));
        return new Command(Operation.HOLD, command.key(), command.lines(), command.metadata(), target);
    }

    private Command settle(Command hold) {
        Operation operation =
                any(List.of(Operation.COMMIT, Operation.COMMIT_MORE, Operation.RELEASE, Operation.EXTEND));
        long held = use(hold).amount();
        long units = operation.commits() ? 1 + random.nextLong(held + (random.nextInt(3) == 0 ? 3 : 0)) : 0;
        Duration ttl = operation == Operation.EXTEND ? Duration.ofSeconds(random.nextInt(1500)) : null;
        UUID id = hold.identity(use(hold));
        return new Command(operation, hold.key(), earlier(hold, units), Map.of(), new Target(id, ttl));
    }

    private Command correct(Command charge) {
        Operation operation = any(List.of(Operation.CORRECT_TO, Operation.CORRECT_BY));
        long units = operation == Operation.CORRECT_TO ? random.nextInt(5) : 1 + random.nextInt(4);
        Target target = new Target(charge.identity(use(charge)), null);
        return new Command(operation, key(), earlier(charge, units), Map.of("reason", "r"), target);
    }

    /** The lines of what was charged or held before, under the terms of now. */
    private List<Line> earlier(Command command, long units) {
        Line use = use(command);
        return command.lines().stream()
                .filter(line -> line.equals(use) || isOf(line, use))
                .map(line -> new Line(
                        line.subject(),
                        line.feature(),
                        units * line.rate(),
                        terms(line.subject(), line.feature())
                                .forEarlier(line.terms().window()),
                        line.origin()))
                .toList();
    }

    private static boolean isOf(Line line, Line use) {
        return line.origin() != null && line.origin().subject().equals(use.subject());
    }

    private static Line use(Command command) {
        return command.lines().stream()
                .filter(line -> line.origin() == null)
                .findFirst()
                .orElseThrow();
    }

    private Line line(String subject, String feature, long amount, @Nullable Origin origin) {
        return new Line(subject, feature, amount, terms(subject, feature), origin);
    }

    /** Hourly windows, but for those of one user; now and then of a revision that is past. */
    private Terms terms(String subject, String feature) {
        String counter = subject + " " + feature;
        long limit = LIMITS.getOrDefault(counter, 0L);
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        Window window = subject.equals("ann") ? Window.PERMANENT : new Window(hour, hour.plus(Duration.ofHours(1)));
        long revision = revisions.getOrDefault(subject, 0L) - (random.nextInt(100) == 0 ? 1 : 0);
        return new Terms(
                Standing.GRANTED,
                Limit.of(limit),
                Limit.of(CEILINGS.getOrDefault(counter, limit)),
                Thresholds.DEFAULT,
                new LimitSource(LimitSource.Kind.PLAN, "free", 1),
                window,
                null,
                null,
                new CatalogVersion(revision, null, 0, CatalogVersion.NOT_USED),
                grants.containsValue(counter));
    }

    /** Names the row that a correction is about as the store has numbered it. */
    private static Command located(QuotaStore store, Command command) {
        if (!command.operation().corrects() || command.target() == null) {
            return command;
        }
        Line use = use(command);
        UUID id = command.target().id();
        long row = store
                .ledger()
                .records(UsageQuery.of(use.subject()).feature(use.feature()).pageSize(1000), Commands.soon())
                .stream()
                .filter(each -> each.origin() == null && id.equals(identity(each)))
                .mapToLong(UsageRecord::id)
                .findFirst()
                .orElse(0);
        return new Command(
                command.operation(), command.key(), command.lines(), command.metadata(), new Target(id, row, null));
    }

    private static UUID identity(UsageRecord row) {
        return io.quotaguard.spi.KeyIdentity.of(
                row.subject(), row.feature(), row.key(), row.operation() == UsageRecord.Operation.COMMIT, row.origin());
    }

    private void remember(Command command, Outcome outcome) {
        if (!(outcome instanceof Outcome.Accepted accepted) || accepted.replayed()) {
            return;
        }
        switch (command.operation()) {
            case HOLD -> holds.add(command);
            case RECORD, UP_TO, POST, COMMIT, COMMIT_MORE -> charges.add(command);
            default -> {}
        }
    }

    /** An answer without what may differ: the numbers of alerts, and the words of errors. */
    private static Object told(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            return rejected.failure().getClass();
        }
        return outcome instanceof Outcome.Accepted accepted
                ? List.of(
                        accepted.verdicts(),
                        accepted.replayed(),
                        told(accepted.alerts()),
                        String.valueOf(accepted.heldUntil()))
                : outcome;
    }

    private static Object told(CatalogOutcome outcome) {
        return outcome instanceof CatalogOutcome.Applied applied ? told(applied.alerts()) : outcome;
    }

    private static List<String> told(List<Alert> alerts) {
        return alerts.stream()
                .map(alert -> alert.subject() + ' ' + alert.feature() + ' ' + alert.threshold() + ' '
                        + alert.generation() + ' ' + alert.used() + " of " + alert.limit())
                .toList();
    }

    private static List<String> ledger(QuotaStore store, String subject) {
        return store.ledger().records(UsageQuery.of(subject).pageSize(1000), Commands.soon()).stream()
                .map(row -> String.join(
                        " ",
                        row.feature(),
                        row.window().toString(),
                        row.operation().toString(),
                        row.amount() + " to " + row.usedAfter() + " of " + row.limit() + " over " + row.overage(),
                        new java.util.TreeMap<>(row.grants()).toString(),
                        row.key(),
                        String.valueOf(row.origin()),
                        row.metadata().toString(),
                        row.recordedAt().toString()))
                .toList();
    }

    private static <T> List<T> last(List<T> items) {
        return items.subList(Math.max(0, items.size() - 4), items.size());
    }

    private <T> T any(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }
}
