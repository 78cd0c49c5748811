package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.model.AuditState;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.spi.CatalogCommand.SaveGrant;
import io.quotaguard.spi.CatalogCommand.VoidGrant;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.CatalogOutcome.Applied;
import io.quotaguard.spi.CatalogOutcome.GrantVoided;
import io.quotaguard.spi.CatalogOutcome.KeyConflict;
import io.quotaguard.spi.CatalogOutcome.Moved;
import io.quotaguard.spi.CatalogOutcome.NoSuchGrant;
import io.quotaguard.spi.Line;
import io.quotaguard.testbed.TcpProxy;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the tables keep of grants, and who waits for whom when they change. */
class GrantTableTest extends StoreTest {
    private static final Grant PROMOTION = Grant.of("u", "f", 100)
            .priority(-3)
            .from(Instant.parse("2026-03-11T00:00:00.123456Z"))
            .until(Instant.parse("9999-12-31T00:00:00Z"))
            .source(Grant.Source.PROMOTION);

    @Test
    @DisplayName("R38: a grant comes back with all that was said of it, its number and when it was granted")
    void everythingIsKept() {
        CatalogEntry entry = Catalogs.entry(Catalogs.grant(store, PROMOTION));
        database.setClock(Catalogs.START.plusSeconds(5));
        Catalogs.grant(store, Grant.of("u", "g", 7).source(Grant.Source.COMPENSATION));
        Catalogs.grant(store, Grant.of("v", "f", 8));

        List<GrantBalance> all = grants("u", null);
        assertThat(all).hasSize(2);
        GrantBalance first = all.get(0);
        assertThat(first).isEqualTo(new GrantBalance(PROMOTION.withId(id(first)), 100, Catalogs.START, null));
        assertThat(all.get(1).grantedAt()).isEqualTo(Catalogs.START.plusSeconds(5));
        assertThat(id(first)).isBetween(1L, id(all.get(1)) - 1);
        assertThat(grants("u", "f")).containsExactly(first);
        assertThat(grants("u", "none")).isEmpty();
        assertThat(grants("nobody", null)).isEmpty();
        assertThat(entry.entity()).isEqualTo(CatalogEntry.Entity.GRANT);
        assertThat(entry.name()).isEqualTo("u");
        assertThat(entry.before()).isNull();
        assertThat(entry.after()).isEqualTo(AuditState.of(first));
        assertThat(entry.revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("R25, R38: a grant moves its subject's revision, and its catalog names the feature until it is void")
    void bearsOnTheSubject() {
        Catalogs.grant(store, PROMOTION);
        Catalogs.grant(store, PROMOTION);
        Catalogs.grant(store, Grant.of("u", "g", 7));

        assertThat(store.catalog().load("u", Commands.soon()).granted()).containsExactlyInAnyOrder("f", "g");
        assertThat(Catalogs.revision(store, "u")).isEqualTo(3);
        Catalogs.voidGrant(store, "u", id(grants("u", "g").get(0)));
        Catalogs.voidGrant(store, "u", id(grants("u", "f").get(0)));
        assertThat(store.catalog().load("u", Commands.soon()).granted()).containsExactly("f");
        assertThat(Catalogs.revision(store, "u")).isEqualTo(5);
        assertThat(store.catalog().load("v", Commands.soon()).granted()).isEmpty();
    }

    @Test
    @DisplayName("R44: voiding a grant takes back what is left of it, once, and only for its own subject")
    void voiding() {
        Catalogs.grant(store, PROMOTION);
        long id = id(grants("u", null).get(0));
        database.run("UPDATE quotaguard.usage_grant SET units_left = 30");
        GrantBalance before = grants("u", null).get(0);
        database.setClock(Catalogs.START.plusSeconds(9));

        assertThat(Catalogs.voidGrant(store, "v", id)).isEqualTo(new NoSuchGrant(id));
        assertThat(Catalogs.voidGrant(store, "u", id + 1)).isEqualTo(new NoSuchGrant(id + 1));
        CatalogEntry entry = Catalogs.entry(Catalogs.voidGrant(store, "u", id));
        assertThat(Catalogs.voidGrant(store, "u", id)).isEqualTo(new GrantVoided(id));

        GrantBalance after = new GrantBalance(before.grant(), 0, Catalogs.START, Catalogs.START.plusSeconds(9));
        assertThat(grants("u", null)).containsExactly(after);
        assertThat(entry.before()).isEqualTo(AuditState.of(before));
        assertThat(entry.after()).isEqualTo(AuditState.of(after));
        assertThat(entry.revision()).isEqualTo(2);
        assertThat(database.count("catalog_change")).isEqualTo(2);
    }

    @Test
    @DisplayName("R12: the same request key grants once and voids once, and stands for nothing else")
    void requestKeys() {
        SaveGrant grant = new SaveGrant(PROMOTION, 0, List.of(), Catalogs.TEST.key("k"));
        Applied first = (Applied) Catalogs.apply(store, grant);
        assertThat(Catalogs.apply(store, grant)).isEqualTo(new Applied(first.entry(), true, List.of()));
        assertThat(Catalogs.apply(store, new SaveGrant(PROMOTION.priority(1), 1, List.of(), Catalogs.TEST.key("k"))))
                .isEqualTo(new KeyConflict("k"));

        long id = id(grants("u", null).get(0));
        VoidGrant end = new VoidGrant("u", id, 1, List.of(), Catalogs.TEST.key("v"));
        Applied ended = (Applied) Catalogs.apply(store, end);
        assertThat(Catalogs.apply(store, end)).isEqualTo(new Applied(ended.entry(), true, List.of()));
        assertThat(Catalogs.apply(store, new VoidGrant("u", id, 2, List.of(), Catalogs.TEST.key("k"))))
                .isEqualTo(new KeyConflict("k"));
        assertThat(database.count("usage_grant")).isEqualTo(1);
        assertThat(database.count("catalog_change")).isEqualTo(2);
    }

    @Test
    @DisplayName("a grant made for another revision changes nothing, nor does one that is voided for another")
    void moved() {
        Catalogs.grant(store, PROMOTION);
        long id = id(grants("u", null).get(0));

        assertThat(Catalogs.apply(store, new SaveGrant(PROMOTION, 0, List.of(), Catalogs.TEST)))
                .isEqualTo(new Moved(1));
        assertThat(Catalogs.apply(store, new VoidGrant("u", id, 2, List.of(), Catalogs.TEST)))
                .isEqualTo(new Moved(1));
        assertThat(Catalogs.apply(store, new VoidGrant("u", id + 1, 2, List.of(), Catalogs.TEST)))
                .isEqualTo(new Moved(1));
        assertThat(grants("u", null)).extracting(GrantBalance::voidedAt).containsExactly((Instant) null);
        assertThat(database.count("catalog_change")).isEqualTo(1);
    }

    @Test
    @DisplayName("trap 2: a grant whose commit's confirmation is lost is granted once")
    void lostReply() {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        try (TcpProxy proxy = TcpProxy.inFrontOf(server.getHost(), server.getPort());
                HikariDataSource pool = TestDatabase.pool(
                        database.url().replace(server.getHost() + ":" + server.getPort(), "127.0.0.1:" + proxy.port()),
                        1);
                JdbcQuotaStore far = JdbcQuotaStore.create(pool)) {
            SaveGrant grant = new SaveGrant(PROMOTION, 0, List.of(), Catalogs.TEST);
            proxy.cutNext(TcpProxy.Moment.BEFORE_REPLY, "COMMIT");

            CatalogOutcome outcome = Catalogs.apply(far, grant);

            assertThat(proxy.cuts()).isEqualTo(1);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Applied.class,
                            applied -> assertThat(applied.replayed()).isFalse());
            assertThat(grants("u", null)).hasSize(1);
        }
    }

    @Test
    @DisplayName("R2: a grant's alerts are looked after without leaving counters behind that nothing was used of")
    void leavesNoCounters() {
        Line line = new Line("u", "f", 0, Commands.terms(10));

        assertThat(Catalogs.grant(store, Grant.of("u", "f", 5), line)).isInstanceOf(Applied.class);
        assertThat(Catalogs.voidGrant(store, "u", id(grants("u", null).get(0)), line))
                .isInstanceOf(Applied.class);

        assertThat(database.count("usage_counter")).isZero();
    }

    @Test
    @DisplayName(
            "trap 14: whoever voids a grant waits for the use that has its counter, which then takes the grant's units")
    void countersBeforeGrants() throws Exception {
        Commands.run(store, Commands.record(Commands.line("u", "f", 1, 10)));
        Catalogs.grant(store, Grant.of("u", "f", 5));
        long id = id(grants("u", null).get(0));
        Line line = new Line("u", "f", 0, Commands.terms(10));
        try (Connection using = begin("SELECT 1 FROM quotaguard.usage_counter FOR UPDATE")) {
            CompletableFuture<CatalogOutcome> ended = CompletableFuture.supplyAsync(
                    () -> Catalogs.voidGrant(store, "u", id, line), work -> new Thread(work, "voids").start());
            database.awaitLockWaits(1);
            try (Statement statement = using.createStatement()) {
                statement.execute("SELECT 1 FROM quotaguard.usage_grant FOR UPDATE NOWAIT;"
                        + " UPDATE quotaguard.usage_grant SET units_left = 2");
            }
            using.commit();

            CatalogEntry entry = Catalogs.entry(ended.get(10, TimeUnit.SECONDS));
            assertThat(entry.differences())
                    .extracting(AuditState.Difference::toString)
                    .contains("left: 2 → 0");
        }
    }

    @Test
    @DisplayName(
            "trap 14: whoever voids a grant locks those of its feature in their order, as uses of other windows do")
    void grantsInTheirOrder() throws Exception {
        Catalogs.grant(store, Grant.of("u", "f", 1));
        Catalogs.grant(store, Grant.of("u", "f", 2));
        Catalogs.grant(store, Grant.of("u", "g", 3));
        long first = id(grants("u", "f").get(0));
        long second = id(grants("u", "f").get(1));
        try (Connection using =
                begin("SELECT 1 FROM quotaguard.usage_grant WHERE feature = 'g' OR id = " + first + " FOR UPDATE")) {
            CompletableFuture<CatalogOutcome> ended = CompletableFuture.supplyAsync(
                    () -> Catalogs.voidGrant(store, "u", second), work -> new Thread(work, "voids").start());
            database.awaitLockWaits(1);
            try (Statement statement = using.createStatement()) {
                statement.execute("SELECT 1 FROM quotaguard.usage_grant WHERE id = " + second + " FOR UPDATE NOWAIT");
            }
            using.commit();

            assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(Applied.class);
        }
    }

    @Test
    @DisplayName("trap 14: a grant waits for the first use of its window, whose counter nobody sees yet")
    void waitsForFirstUse() throws Exception {
        Line line = new Line("u", "f", 0, Commands.terms(10));
        try (Connection using =
                begin("INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end)"
                        + " VALUES ('u', 'f', '"
                        + Times.text(line.terms().window().start()) + "', 'infinity')")) {
            CompletableFuture<CatalogOutcome> granted = CompletableFuture.supplyAsync(
                    () -> Catalogs.grant(store, Grant.of("u", "f", 5), line),
                    work -> new Thread(work, "grants").start());
            database.awaitLockWaits(1);
            assertThat(database.count("usage_grant")).isZero();
            using.commit();

            assertThat(granted.get(10, TimeUnit.SECONDS)).isInstanceOf(Applied.class);
            assertThat(database.count("usage_counter")).isEqualTo(1);
        }
    }

    private Connection begin(String sql) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private List<GrantBalance> grants(String subject, @Nullable String feature) {
        return store.catalog().grants(subject, feature, Commands.soon());
    }

    private static long id(GrantBalance balance) {
        return balance.grant().id();
    }
}
