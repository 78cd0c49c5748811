package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Grant;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Units on top of the limit: when they are used, and when they come back. */
class GrantBurnTest extends StoreTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private long revision;

    @Test
    @DisplayName(
            "R38: the plan's allowance burns first, then grants by priority, expiry and number; the row names each")
    void order() {
        long late = grant(grant(5));
        long soon = grant(grant(3).until(Catalogs.START.plus(HOUR)));
        long first = grant(grant(2).priority(-1));
        Outcome.Accepted within = Commands.accept(store, record("1", 10));
        assertThat(within.verdicts().get(0).limit().units()).isEqualTo(20);
        assertThat(left(late, soon, first)).isEqualTo("5 3 2");

        Outcome.Accepted beyond = Commands.accept(store, record("2", 6));

        assertThat(left(late, soon, first)).isEqualTo("4 0 0");
        assertThat(beyond.verdicts().get(0).overage()).isZero();
        assertThat(beyond.verdicts().get(0).remaining()).hasValue(4);
        assertThat(database.ask("SELECT grants FROM quotaguard.usage_record WHERE key = '2'"))
                .isEqualTo("{\"" + late + "\": 1, \"" + soon + "\": 3, \"" + first + "\": 2}");
        assertThat(database.ask("SELECT array_agg(limit_units ORDER BY id) FROM quotaguard.usage_record"))
                .isEqualTo("{20,20}");
        assertThat(Commands.run(store, record("3", 5))).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.verdicts().get(0).refusal()).isEqualTo(RefusalReason.EXHAUSTED);
            assertThat(refused.verdicts().get(0).limit().units()).isEqualTo(20);
        });
        Commands.accept(store, record("4", 4));
        assertThat(Commands.accept(store, record("2", 6)).verdicts()).as("R7").isEqualTo(beyond.verdicts());
        assertThat(left(late, soon, first)).isEqualTo("0 0 0");
    }

    @Test
    @DisplayName(
            "R39: a grant counts from its beginning to its expiry, to the instant, for whoever charges and whoever asks")
    void span() {
        grant(grant(5).from(Catalogs.START.plusSeconds(1)).until(Catalogs.START.plusSeconds(2)));
        assertThat(limit()).isEqualTo(10);
        assertThat(Commands.run(store, record("1", 11))).isInstanceOf(Outcome.Refused.class);
        database.setClock(Catalogs.START.plusSeconds(1));
        assertThat(limit()).isEqualTo(15);
        Commands.accept(store, record("1", 12));
        database.setClock(Catalogs.START.plusSeconds(2));

        assertThat(limit()).as("what was used of it stays on top").isEqualTo(12);
        assertThat(Commands.run(store, record("2", 1))).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    @DisplayName("R41: what neither the allowance nor grants have is overage")
    void overage() {
        grant(grant(5));
        Outcome.Accepted soft =
                Commands.accept(store, Commands.record(Commands.topped("u", "f", 18, 10, -1, revision)));

        assertThat(soft.verdicts().get(0).overage()).isEqualTo(3);
        assertThat(soft.verdicts().get(0).limit().units()).isEqualTo(15);
        assertThat(database.ask("SELECT overage || ' ' || grants FROM quotaguard.usage_record"))
                .startsWith("3 {")
                .endsWith(": 5}");
        Command bounded = Commands.record(Commands.topped("u", "f", 2, 10, 14, revision));
        assertThat(Commands.run(store, bounded))
                .as("grants add to the ceiling too: 19")
                .isInstanceOf(Outcome.Refused.class);
        Commands.accept(store, Commands.record(Commands.topped("u", "f", 1, 10, 14, revision)));
    }

    @Test
    @DisplayName("R26: percentages are of the limit with grants on top, also for a plan that gives none")
    void alerts() {
        grant(grant(10));
        assertThat(Commands.accept(store, record("1", 15)).alerts()).isEmpty();
        assertThat(Commands.accept(store, record("2", 1)).alerts())
                .extracting(Alert::threshold)
                .containsExactly(80);
        assertThat(Commands.accept(store, record("3", 4)).alerts())
                .extracting(alert -> alert.threshold() + " of " + alert.limit())
                .containsExactly("95 of 20", "100 of 20");

        Catalogs.grant(store, Grant.of("v", "f", 4));
        assertThat(Commands.accept(store, Commands.record(Commands.topped("v", "f", 4, 0, 0, 1)))
                        .alerts())
                .hasSize(3);
    }

    @Test
    @DisplayName("R39: a reset starts the allowance anew and leaves grants as they are")
    void reset() {
        long id = grant(grant(5));
        Commands.accept(store, record("1", 12));
        Outcome.Accepted reset = Commands.accept(
                store, Commands.of(Operation.RESET, "r", Commands.topped("u", "f", 0, 10, 10, revision)));

        assertThat(reset.verdicts().get(0).limit().units()).isEqualTo(13);
        Commands.accept(store, record("2", 10));
        assertThat(left(id)).isEqualTo("3");
        assertThat(Commands.run(store, record("3", 4))).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    @DisplayName(
            "R37: a correction gives back overage first, then grants, the last used first; not to one that is void")
    void givesBack() {
        long first = grant(grant(2).priority(-1));
        long second = grant(grant(3));
        Command charge = Commands.record("1", Commands.topped("u", "f", 17, 10, -1, revision));
        Commands.accept(store, charge);

        correct("a", 1, charge);
        assertThat(left(first, second)).as("of two above the limit").isEqualTo("0 0");
        correct("b", 3, charge);
        assertThat(left(first, second)).isEqualTo("0 2");
        Catalogs.voidGrant(store, "u", second);
        revision++;
        Command again = Commands.record("1", Commands.topped("u", "f", 17, 10, -1, revision));
        correct("c", 2, again);

        assertThat(left(first, second)).isEqualTo("1 0");
        assertThat(database.ask("SELECT used || ' ' || burned FROM quotaguard.usage_counter"))
                .isEqualTo("11 1");
        assertThat(database.ask("SELECT string_agg(amount || ' ' || overage || ' ' || coalesce(grants::text, ''), ', '"
                        + " ORDER BY id) FROM quotaguard.usage_record WHERE corrects IS NOT NULL"))
                .isEqualTo(
                        "-1 -1 , -3 -1 {\"" + second + "\": -2}, -2 0 {\"" + first + "\": -1, \"" + second + "\": -1}");
        assertThat(limit()).isEqualTo(12);
    }

    @Test
    @DisplayName("a commit burns like a record, a hold does not")
    void commit() {
        long id = grant(grant(5));
        Command hold = Commands.hold("h", HOUR, Commands.topped("u", "f", 14, 10, 10, revision));
        Outcome.Accepted held = Commands.accept(store, hold);
        assertThat(held.verdicts().get(0).limit().units()).isEqualTo(15);
        assertThat(left(id)).isEqualTo("5");

        Outcome.Accepted committed = Commands.accept(store, Commands.settle(Operation.COMMIT, hold, 12));
        assertThat(left(id)).isEqualTo("3");
        assertThat(committed.verdicts().get(0).limit().units()).isEqualTo(15);
        assertThat(committed.alerts()).extracting(Alert::threshold).containsExactly(80);
        assertThat(Commands.accept(store, Commands.settle(Operation.COMMIT, hold, 12))
                        .verdicts())
                .isEqualTo(committed.verdicts());
    }

    @Test
    @DisplayName("uses of one list draw on the same grants, one after the other, and take what is left of them")
    void oneList() {
        long id = grant(grant(5));
        Command upTo = Commands.of(Operation.UP_TO, "2", Commands.topped("u", "f", 100, 10, 10, revision));
        List<Outcome> outcomes = store.execute(List.of(record("1", 12), upTo, record("3", 1), upTo), Commands.soon());

        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        Outcome.Accepted.class,
                        accepted -> assertThat(accepted.verdicts())
                                .extracting(Verdict::amount)
                                .containsExactly(3L));
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Refused.class);
        assertThat(outcomes.get(3)).isInstanceOfSatisfying(Outcome.Accepted.class, again -> {
            assertThat(again.replayed()).isTrue();
            assertThat(again.verdicts()).extracting(Verdict::amount).containsExactly(3L);
        });
        assertThat(left(id)).isEqualTo("0");
    }

    @Test
    @DisplayName(
            "R29: a grant re-arms what the limit is lifted above, and an end of it fires what the limit is lowered below")
    void realign() {
        grant(grant(5));
        Commands.accept(store, record("1", 12));
        Line line = Commands.topped("u", "f", 0, 10, 10, revision + 1);
        Catalogs.grant(store, grant(100), line);
        assertThat(database.ask("SELECT fired::text || ' ' || generation FROM quotaguard.usage_counter"))
                .isEqualTo("{} 1");
        Catalogs.voidGrant(
                store, "u", Long.parseLong(database.ask("SELECT max(id) FROM quotaguard.usage_grant")), line);
        assertThat(database.ask("SELECT fired::text || ' ' || generation FROM quotaguard.usage_counter"))
                .isEqualTo("{80} 1");
    }

    private static Grant grant(long units) {
        return Grant.of("u", "f", units);
    }

    private long grant(Grant grant) {
        Catalogs.grant(store, grant);
        revision++;
        return Long.parseLong(database.ask("SELECT max(id) FROM quotaguard.usage_grant"));
    }

    private Command record(String key, long amount) {
        return Commands.record(key, Commands.topped("u", "f", amount, 10, 10, revision));
    }

    private void correct(String key, long units, Command charge) {
        Commands.accept(store, Commands.correct(Operation.CORRECT_BY, key, units, charge));
    }

    private long limit() {
        Command check = Commands.of(Operation.CHECK, "c", Commands.topped("u", "f", 0, 10, 10, revision));
        return Commands.accept(store, check).verdicts().get(0).limit().units();
    }

    private String left(long... ids) {
        StringBuilder left = new StringBuilder();
        for (long id : ids) {
            left.append(' ').append(database.ask("SELECT units_left FROM quotaguard.usage_grant WHERE id = " + id));
        }
        return left.substring(1);
    }
}
