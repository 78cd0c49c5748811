package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Grant;
import io.quotaguard.spi.CatalogCommand.SaveMembership;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.CatalogOutcome.KeyConflict;
import io.quotaguard.spi.CatalogOutcome.Moved;
import io.quotaguard.spi.CatalogOutcome.PoolCycle;
import io.quotaguard.spi.CatalogOutcome.PoolTooDeep;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R40: who belongs to whose pool, whatever is changed at the same time. */
class MembershipTest extends StoreTest {
    @Test
    @DisplayName("R40, R44: a membership is kept, changed and ended, each with its audit row and revision")
    void everythingIsKept() {
        CatalogEntry entered = Catalogs.entry(Catalogs.pool(store, "u", "team"));
        assertThat(pool("u")).isEqualTo("team");
        assertThat(pool("team")).isNull();
        CatalogEntry moved = Catalogs.entry(Catalogs.pool(store, "u", "other"));
        assertThat(pool("u")).isEqualTo("other");
        CatalogEntry left = Catalogs.entry(Catalogs.pool(store, "u", null));
        assertThat(pool("u")).isNull();

        assertThat(entered.entity()).isEqualTo(CatalogEntry.Entity.MEMBERSHIP);
        assertThat(entered.name()).isEqualTo("u");
        assertThat(entered.before()).isNull();
        assertThat(entered.after()).isEqualTo(AuditState.ofMembership("team"));
        assertThat(moved.differences()).hasToString("[pool: team → other]");
        assertThat(left.before()).isEqualTo(AuditState.ofMembership("other"));
        assertThat(left.after()).isNull();
        assertThat(left.revision()).isEqualTo(3);
        assertThat(Catalogs.revision(store, "u")).isEqualTo(3);
        assertThat(Catalogs.revision(store, "team")).isZero();
    }

    @Test
    @DisplayName("the members of a pool are read by name and page by page, without those of the pools below")
    void members() {
        for (String member : List.of("u2", "Z", "\uD83D\uDE00", "u1")) {
            Catalogs.pool(store, member, "team");
        }
        Catalogs.pool(store, "team", "org");
        Catalogs.pool(store, "x", "other");

        assertThat(members("team", 10)).containsExactly("Z", "u1", "u2", "\uD83D\uDE00");
        assertThat(members("team", 1)).containsExactly("Z", "u1", "u2", "\uD83D\uDE00");
        assertThat(members("org", 10)).containsExactly("team");
        assertThat(members("u1", 10)).isEmpty();
    }

    @Test
    @DisplayName("R12: the same request key moves a member once; another pool under it, or another revision, does not")
    void requestKeys() {
        SaveMembership change = new SaveMembership("u", "team", 0, Catalogs.TEST.key("k"));
        Applied first = (Applied) Catalogs.apply(store, change);

        assertThat(Catalogs.apply(store, change)).isEqualTo(new Applied(first.entry(), true, List.of()));
        assertThat(Catalogs.apply(store, new SaveMembership("u", "other", 1, Catalogs.TEST.key("k"))))
                .isEqualTo(new KeyConflict("k"));
        assertThat(Catalogs.apply(store, new SaveMembership("u", "other", 0, Catalogs.TEST)))
                .isEqualTo(new Moved(1));
        assertThat(pool("u")).isEqualTo("team");
        assertThat(database.count("catalog_change")).isEqualTo(1);
    }

    @Test
    @DisplayName("R40: no pool leads back to its member, over however many levels")
    void circles() {
        assertThat(Catalogs.pool(store, "u", "u")).isEqualTo(new PoolCycle(List.of("u", "u")));
        Catalogs.pool(store, "u", "team");
        assertThat(Catalogs.pool(store, "team", "u")).isEqualTo(new PoolCycle(List.of("team", "u", "team")));
        Catalogs.pool(store, "team", "org");
        Catalogs.pool(store, "org", "group");

        assertThat(Catalogs.pool(store, "group", "u"))
                .isEqualTo(new PoolCycle(List.of("group", "u", "team", "org", "group")));
        assertThat(pool("group")).isNull();
        Catalogs.pool(store, "team", null);
        assertThat(Catalogs.pool(store, "group", "u")).isInstanceOf(Applied.class);
    }

    @Test
    @DisplayName(
            "R40: no more than four levels stand above each other, counted from the lowest member to the highest pool")
    void levels() {
        Catalogs.pool(store, "u", "team");
        Catalogs.pool(store, "v", "team");
        Catalogs.pool(store, "team", "org");
        Catalogs.pool(store, "org", "group");
        Catalogs.pool(store, "w", "squad");

        assertThat(Catalogs.pool(store, "group", "world")).isEqualTo(new PoolTooDeep(5));
        assertThat(Catalogs.pool(store, "x", "u")).isEqualTo(new PoolTooDeep(5));
        assertThat(Catalogs.pool(store, "squad", "team")).isEqualTo(new PoolTooDeep(5));
        assertThat(Catalogs.pool(store, "squad", "u")).isEqualTo(new PoolTooDeep(6));
        assertThat(Catalogs.pool(store, "squad", "org")).isInstanceOf(Applied.class);
        assertThat(Catalogs.pool(store, "x", "team")).isInstanceOf(Applied.class);
        assertThat(Catalogs.pool(store, "org", "firm")).isInstanceOf(Applied.class);
        assertThat(database.count("membership")).isEqualTo(7);
    }

    @Test
    @DisplayName("R40: of two memberships that would close a circle together exactly one wins")
    void noCircleTogether() throws Exception {
        for (int round = 0; round < 25; round++) {
            String one = "a" + round;
            String other = "b" + round;
            CyclicBarrier start = new CyclicBarrier(2);

            CompletableFuture<CatalogOutcome> up = inBackground(start, one, other);
            CompletableFuture<CatalogOutcome> down = inBackground(start, other, one);

            assertThat(List.of(up.get(10, TimeUnit.SECONDS), down.get(10, TimeUnit.SECONDS)))
                    .as("round %d", round)
                    .hasAtLeastOneElementOfType(Applied.class)
                    .hasAtLeastOneElementOfType(PoolCycle.class);
        }
    }

    @Test
    @DisplayName("R40: of two memberships that would stand too high together exactly one wins")
    void notTooHighTogether() throws Exception {
        for (int round = 0; round < 25; round++) {
            String middle = "m" + round;
            Catalogs.pool(store, "low" + round, "lower" + round);
            Catalogs.pool(store, "higher" + round, "high" + round);
            CyclicBarrier start = new CyclicBarrier(2);

            CompletableFuture<CatalogOutcome> below = inBackground(start, "lower" + round, middle);
            CompletableFuture<CatalogOutcome> above = inBackground(start, middle, "higher" + round);

            assertThat(List.of(below.get(10, TimeUnit.SECONDS), above.get(10, TimeUnit.SECONDS)))
                    .as("round %d", round)
                    .hasAtLeastOneElementOfType(Applied.class)
                    .contains(new PoolTooDeep(5));
        }
    }

    @Test
    @DisplayName("while one membership is changed others wait, and every other change goes on")
    void othersGoOn() throws Exception {
        try (Connection changing = database.connect();
                Statement statement = changing.createStatement()) {
            changing.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock("
                    + "(5326672::bigint << 32) | 'quotaguard'::regnamespace::oid::bigint)");
            CompletableFuture<CatalogOutcome> waiting = inBackground(new CyclicBarrier(1), "u", "team");
            database.awaitLockWaits(1);

            assertThat(Catalogs.grant(store, Grant.of("u", "f", 1))).isInstanceOf(Applied.class);
            assertThat(Catalogs.grant(store, Grant.of("v", "f", 1))).isInstanceOf(Applied.class);
            changing.commit();
            assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(new Moved(1));
        }
    }

    @Test
    @DisplayName(
            "R40: whoever is in a pool has no default plan, in SQL as in the library; its own plan and the pool do")
    void defaultPlan() {
        Catalogs.save(store, "free", null);
        Catalogs.makeDefault(store, "free");
        Catalogs.pool(store, "u", "team");
        Catalogs.pool(store, "v", "team");
        Catalogs.subscribe(store, "v", "free");

        assertThat(entitlement("nobody")).isEqualTo("GRANTED DEFAULT free 1 1");
        assertThat(entitlement("team")).isEqualTo("GRANTED DEFAULT free 1 1");
        assertThat(entitlement("u")).isEqualTo("NO_PLAN NONE - 0 -1");
        assertThat(entitlement("v")).isEqualTo("GRANTED PLAN free 1 -1");
        Catalogs.pool(store, "u", null);
        assertThat(entitlement("u")).isEqualTo("GRANTED DEFAULT free 1 1");
    }

    private String entitlement(String subject) {
        return database.ask(
                "SELECT concat_ws(' ', o_standing, o_source, coalesce(o_source_plan, '-'), o_source_version,"
                        + " o_default_revision) FROM quotaguard.quota_entitlement('" + subject
                        + "', 'f', quotaguard.quota_now())");
    }

    private CompletableFuture<CatalogOutcome> inBackground(CyclicBarrier start, String subject, String pool) {
        long revision = Catalogs.revision(store, subject);
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        start.await(10, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    return Catalogs.apply(store, new SaveMembership(subject, pool, revision, Catalogs.TEST));
                },
                MembershipTest::onAThreadOfItsOwn);
    }

    /** The common pool has but one thread on a machine of two cores, and these wait for each other. */
    private static void onAThreadOfItsOwn(Runnable work) {
        new Thread(work, "membership").start();
    }

    private @Nullable String pool(String subject) {
        return store.catalog().load(subject, Commands.soon()).pool();
    }

    private List<String> members(String pool, int pageSize) {
        List<String> members = new ArrayList<>();
        List<String> page;
        do {
            String after = members.isEmpty() ? null : members.get(members.size() - 1);
            page = store.catalog().members(pool, after, pageSize, Commands.soon());
            assertThat(page.size()).isLessThanOrEqualTo(pageSize);
            members.addAll(page);
        } while (!page.isEmpty());
        return members;
    }
}
