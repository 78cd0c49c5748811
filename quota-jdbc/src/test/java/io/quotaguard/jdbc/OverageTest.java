package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Units;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Terms;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Use beyond the limit (R41): decided by the ceiling, with alerts and ledger by the limit. */
class OverageTest extends StoreTest {
    @Test
    @DisplayName("R41: exactly the ceiling passes, in one use too, and the alerts are those of the limit")
    void ceiling() {
        assertThat(run(15, 10, 14)).isInstanceOf(Outcome.Refused.class);
        assertThat(database.count("usage_counter")).isZero();
        assertThat(run(12, 10, 14)).isInstanceOf(Outcome.Accepted.class);
        assertThat(run(3, 10, 14)).isInstanceOf(Outcome.Refused.class);
        assertThat(run(2, 10, 14)).isInstanceOf(Outcome.Accepted.class);
        assertThat(run(1, 10, -1)).isInstanceOf(Outcome.Accepted.class);
        assertThat(run(1, 0, 0)).isInstanceOf(Outcome.Refused.class);

        assertThat(database.ask(
                        "SELECT array_agg(threshold || ' of ' || limit_units ORDER BY id) FROM quotaguard.quota_alert"))
                .isEqualTo("{\"80 of 10\",\"95 of 10\",\"100 of 10\"}");
        assertThat(database.ask("SELECT array_agg(limit_units ORDER BY id) FROM quotaguard.usage_record"))
                .isEqualTo("{10,10,10}");
    }

    @Test
    @DisplayName("R41: the ceiling in SQL is the ceiling in Java, saturated and rounded down alike")
    void sameCeiling() {
        List<Overage> overages = List.of(
                Overage.HARD,
                Overage.SOFT,
                Overage.upTo(1),
                Overage.upTo(Units.MAX),
                Overage.upToPercent(1),
                Overage.upToPercent(33),
                Overage.upToPercent(1000));
        for (long limit : new long[] {-1, 0, 1, 3, 99, 100, 101, Units.MAX / 3, Units.MAX - 1, Units.MAX}) {
            for (Overage overage : overages) {
                assertThat(database.ask("SELECT quotaguard.quota_ceiling(" + limit + ", '" + overage.code() + "')"))
                        .as("%d %s", limit, overage)
                        .isEqualTo("" + overage.ceiling(Limit.of(limit)).units());
            }
        }
    }

    @Test
    @DisplayName("R41: a use through psql goes to the ceiling as well")
    void throughPsql() {
        PlanFeature terms =
                PlanFeature.of("f", Limit.of(10), ResetPeriod.MONTHLY).overage(Overage.upToPercent(50));
        Catalogs.save(store, Plan.named("a").feature(terms).build(), 0);
        Catalogs.subscribe(store, "u", "a");
        String use =
                "SELECT allowed || ' ' || used || ' ' || remaining FROM quotaguard.record_feature_usage('u', 'f', ";
        assertThat(database.ask(use + "16)")).isEqualTo("false 0 10");
        assertThat(database.ask(use + "14)")).isEqualTo("true 14 0");
        assertThat(database.ask(use + "2)")).isEqualTo("false 14 0");
        assertThat(database.ask(use + "1)")).isEqualTo("true 15 0");
    }

    private Outcome run(long amount, long limit, long ceiling) {
        Terms terms = Commands.terms(limit);
        Terms beyond = new Terms(
                terms.standing(),
                terms.limit(),
                Limit.of(ceiling),
                terms.thresholds(),
                terms.source(),
                terms.window(),
                null,
                null,
                terms.version());
        Command command = Commands.record(new Line("u", "f", amount, beyond));
        return Commands.run(store, command);
    }
}
