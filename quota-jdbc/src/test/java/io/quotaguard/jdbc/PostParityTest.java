package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.LearnedClock;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random pages of what was decided in front of the store, posted by {@code quota_post} and by {@code quota_execute}. */
class PostParityTest {
    private static final int PAGES = Integer.getInteger("quota.parity.pages", 40);
    private static final int SUBJECTS = 6;

    /** Earlier pages and keys, to be posted again. */
    private final List<List<Decided>> pages = new ArrayList<>();

    private Random random = new Random(0);
    private Instant now = Catalogs.START;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @DisplayName(
            "R42: a page posted by the short way leaves the same counters, ledger, keys and alerts as by that of all"
                    + " commands")
    void sameTables(long seed) {
        random = new Random(seed);
        try (TestDatabase one = TestDatabase.migrated();
                TestDatabase other = TestDatabase.migrated();
                JdbcQuotaStore shortly = JdbcQuotaStore.create(one.dataSource());
                JdbcQuotaStore beside = JdbcQuotaStore.create(other.dataSource());
                Connections connections = new Connections(other.dataSource())) {
            BatchExecutor generally =
                    new BatchExecutor(connections, new LearnedClock(InstantSource.system()), QuotaSchema.DEFAULT_NAME);
            one.settableClock(now);
            other.settableClock(now);
            for (int i = 0; i < PAGES; i++) {
                if (random.nextInt(3) == 0) {
                    now = now.plus(Duration.ofMinutes(random.nextInt(40)));
                    one.setClock(now);
                    other.setClock(now);
                }
                if (random.nextInt(5) == 0) {
                    Command between = between(i);
                    assertThat(Commands.run(shortly, between).getClass())
                            .isEqualTo(Commands.run(beside, between).getClass());
                }
                List<Decided> page = page(i);
                assertThat(told(shortly.post(page, Commands.soon())))
                        .as("seed %d, page %d at %s: %s", seed, i, now, page)
                        .isEqualTo(told(generally.execute(ChargeRound.posting(page), Commands.soon())));
            }
            for (String table : List.of("usage_counter", "usage_record", "quota_alert")) {
                assertThat(rows(one, table)).as(table).isEqualTo(rows(other, table));
            }
            assertThat(one.count("quota_alert")).isPositive();
            assertThat(shortly.ledger().verify(Commands.soon())).isEmpty();
        }
    }

    /** Every column but the numbers that each database gives out by itself; of one subject in the order of these. */
    private static List<String> rows(TestDatabase database, String table) {
        return List.of(database.ask("SELECT string_agg((to_jsonb(t) - 'id' - 'last_reset')::text, E'\\n'"
                        + " ORDER BY t.subject, CASE WHEN '" + table + "' = 'usage_counter' THEN 0 ELSE t.id END,"
                        + " t.feature, t.window_start) FROM quotaguard." + table + " t")
                .split("\n", -1));
    }

    /** What makes a counter more than plain, or takes its usage back. */
    private Command between(int page) {
        String subject = subject();
        Line line = new Line(subject, "hourly", 2, terms("hourly", now));
        return random.nextBoolean()
                ? Commands.hold("hold " + page, Duration.ofMinutes(20), line)
                : Commands.of(Operation.RESET, "reset " + page, line.withAmount(0));
    }

    private List<Decided> page(int number) {
        if (!pages.isEmpty() && random.nextInt(5) == 0) {
            return pages.get(random.nextInt(pages.size()));
        }
        boolean nothingButPlain = random.nextInt(3) > 0;
        List<Decided> page = new ArrayList<>();
        for (int i = random.nextInt(40); i >= 0; i--) {
            Instant at = now.minusSeconds(random.nextInt(600)).truncatedTo(ChronoUnit.MICROS);
            page.add(new Decided(command(number + "-" + i, at, nothingButPlain), random.nextInt(20) == 0 ? now : at));
        }
        pages.add(page);
        return page;
    }

    private Command command(String key, Instant at, boolean plain) {
        Line line = line(at);
        if (random.nextInt(12) == 0) {
            return Commands.record("again " + random.nextInt(4), line);
        }
        Map<String, String> metadata = random.nextInt(4) == 0 ? Map.of("job", key) : Map.of();
        if (plain || random.nextInt(4) > 0) {
            return new Command(Operation.RECORD, key, List.of(line), metadata);
        }
        Line pool = Commands.onBehalf(line, "team", "credits", 2, 40);
        return switch (random.nextInt(5)) {
            case 0 -> Commands.record(key, line, new Line(line.subject(), "beside", 1, terms("soft", at)));
            case 1 -> Commands.record(key, new Line("team", "credits", 1, terms("unlimited", at)));
            case 2 -> new Command(Operation.RECORD, key, List.of(line), Map.of("job", "no text has a \0"));
            case 3 -> Commands.record(key, line.withAmount(Units.MAX));
            default -> Commands.record(key, line, pool);
        };
    }

    private Line line(Instant at) {
        String feature =
                List.of("hourly", "hourly", "soft", "unlimited", "none").get(random.nextInt(5));
        return new Line(subject(), feature, 1 + random.nextInt(3), terms(feature, at));
    }

    private String subject() {
        return "user " + random.nextInt(SUBJECTS);
    }

    /** As of one of two versions of the plan, neither of which the database has. */
    private Terms terms(String feature, Instant at) {
        long version = random.nextInt(6) == 0 ? 2 : 1;
        long limit = version
                * switch (feature) {
                    case "hourly" -> 20L;
                    case "soft" -> 5L;
                    case "unlimited" -> -1L;
                    default -> 0L;
                };
        Window window = feature.equals("hourly")
                ? new Window(
                        at.truncatedTo(ChronoUnit.HOURS),
                        at.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1)))
                : Window.PERMANENT;
        return new Terms(
                Standing.GRANTED,
                Limit.of(Math.max(-1, limit)),
                Limit.unlimited(),
                random.nextInt(6) == 0 ? Thresholds.of(50, 100, 150) : Thresholds.DEFAULT,
                new LimitSource(LimitSource.Kind.PLAN, "free", version),
                window,
                null,
                null,
                new CatalogVersion(3, "free", version, CatalogVersion.NOT_USED));
    }

    private static List<Object> told(List<Outcome> outcomes) {
        return outcomes.stream().<Object>map(PostParityTest::told).toList();
    }

    private static Object told(Outcome outcome) {
        return outcome instanceof Outcome.Accepted accepted
                ? List.of(
                        accepted.replayed(),
                        accepted.verdicts(),
                        accepted.alerts().stream().map(PostParityTest::told).toList())
                : outcome instanceof Outcome.Conflict ? outcome : outcome.getClass();
    }

    private static Object told(Alert alert) {
        return List.of(
                alert.subject(),
                alert.feature(),
                alert.threshold(),
                alert.generation(),
                alert.used(),
                alert.limit(),
                alert.firedAt());
    }
}
