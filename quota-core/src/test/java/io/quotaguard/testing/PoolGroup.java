package io.quotaguard.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Decision;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Verdict;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** A user without a plan, in a team of twenty articles a day, in an organisation of thirty; and another team. */
abstract class PoolGroup extends CrowdGroup {
    static final String MATE = "user-43";
    static final String TEAM = "team-7";
    static final String OTHER_TEAM = "team-8";
    static final String ORGANISATION = "organisation-1";

    PoolGroup(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    final void pools() {
        plan("team", feature(ARTICLES, 20, ResetPeriod.DAILY));
        plan("organisation", feature(ARTICLES, 30, ResetPeriod.DAILY));
        subscribe(TEAM, "team");
        subscribe(OTHER_TEAM, "team");
        subscribe(ORGANISATION, "organisation");
        join(USER, TEAM);
        join(MATE, TEAM);
        join(TEAM, ORGANISATION);
    }

    void join(String member, String pool) {
        quota.pools().join(member, pool, BY_TEST);
    }

    /** Asserts what is used today by the user, its first team and the organisation. */
    void assertUsed(long user, long team, long organisation) {
        assertThat(counter(USER, ARTICLES)).as(USER).isEqualTo(new Counter(user, 0));
        assertThat(counter(TEAM, ARTICLES)).as(TEAM).isEqualTo(new Counter(team, 0));
        assertThat(counter(ORGANISATION, ARTICLES)).as(ORGANISATION).isEqualTo(new Counter(organisation, 0));
    }

    static void assertRefusedBy(String subject, Decision decision) {
        assertRefused(decision);
        assertThat(decision.refused())
                .as("who refused, by %s", decision)
                .isNotEmpty()
                .extracting(Verdict::subject)
                .containsOnly(subject);
    }
}
