package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Grant;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What psql shows and does about grants, holds, pools and credits. */
class ConsoleTest extends StoreTest {
    @BeforeEach
    void plan() {
        Plan plan = Plan.named("free")
                .feature(PlanFeature.of("f", Limit.of(10), ResetPeriod.NEVER))
                .feature(PlanFeature.of("credits", Limit.of(100), ResetPeriod.NEVER))
                .feature(PlanFeature.of("drawn", Limit.unlimited(), ResetPeriod.NEVER)
                        .drawing(3, "credits"))
                .build();
        Catalogs.save(store, plan, 0);
        Catalogs.subscribe(store, "u", "free");
    }

    @Test
    @DisplayName("R38: psql sees grants on top of the limit, and burns them")
    void grants() {
        Catalogs.grant(store, Grant.of("u", "f", 5));
        assertThat(overview()).isEqualTo("15 0 0");

        assertThat(record(12)).isEqualTo("t 12 15 3");
        assertThat(record(4)).isEqualTo("f 12 15 3");
        assertThat(overview()).isEqualTo("15 12 0");
        assertThat(database.ask("SELECT units_left FROM quotaguard.usage_grant"))
                .isEqualTo("3");
    }

    @Test
    @DisplayName("R35: psql sees what is held, as long as it is")
    void holds() {
        Commands.accept(store, Commands.hold("h", Duration.ofMinutes(1), Commands.topped("u", "f", 6, 10, 10, 1)));
        assertThat(overview()).isEqualTo("10 0 6");
        assertThat(database.ask("SELECT reason FROM quotaguard.check_user_quota('u', 'f', 5)"))
                .isEqualTo("HELD");

        database.setClock(Catalogs.START.plusSeconds(60));
        assertThat(overview()).isEqualTo("10 0 0");
        assertThat(record(5)).isEqualTo("t 5 10 5");
    }

    @Test
    @DisplayName("R40: psql refuses what it would charge to one level only")
    void severalLevels() {
        assertRefused("drawn");
        Catalogs.pool(store, "u", "team");
        assertRefused("f");
    }

    private void assertRefused(String feature) {
        assertThatThrownBy(() -> database.ask("SELECT * FROM quotaguard.record_feature_usage('u', '" + feature + "')"))
                .hasRootCauseInstanceOf(SQLException.class)
                .rootCause()
                .satisfies(thrown ->
                        assertThat(((SQLException) thrown).getSQLState()).isEqualTo("QG004"))
                .hasMessageContaining("through the library");
    }

    private String record(long amount) {
        return database.ask("SELECT allowed || ' ' || used || ' ' || limit_units || ' ' || remaining"
                        + " FROM quotaguard.record_feature_usage('u', 'f', " + amount + ")")
                .replace("true", "t")
                .replace("false", "f");
    }

    private String overview() {
        return database.ask("SELECT limit_units || ' ' || used || ' ' || held FROM quotaguard.quota_overview"
                + " WHERE subject = 'u' AND feature = 'f'");
    }
}
