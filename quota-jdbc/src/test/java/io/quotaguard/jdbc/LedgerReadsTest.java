package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.HeldUnits.HeldLine;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is read from the rows of the ledger, whoever wrote them. */
class LedgerReadsTest extends StoreTest {
    private static final Window MARCH =
            new Window(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"));
    private static final Instant DAY = Instant.parse("2026-03-10T00:00:00Z");

    @Test
    @DisplayName("R38, R40: a row tells the grants that it took from, on whose behalf it is, and what it corrects")
    void everyColumn() {
        long charged = LedgerRow.use("team", 30)
                .key("k")
                .in(MARCH)
                .onBehalf("u", "articles", 10)
                .overage(4)
                .grants("{\"7\": 5, \"12\": 1}")
                .into(database);
        long taken = LedgerRow.of("CORRECT", "team", -30)
                .key("c")
                .in(MARCH)
                .onBehalf("u", "articles", 10)
                .overage(-4)
                .grants("{\"12\": -1}")
                .corrects(charged)
                .into(database);

        UsageRecord row = new UsageRecord(
                charged,
                "team",
                "f",
                MARCH,
                Operation.RECORD,
                30,
                100,
                Limit.of(10),
                4,
                Map.of(7L, 5L, 12L, 1L),
                "k",
                new Origin("u", "articles", 10),
                null,
                false,
                Map.of("job", "nightly"),
                Catalogs.START);
        assertThat(records(UsageQuery.of("team"))).hasSize(2).contains(row);
        assertThat(store.ledger().record(charged, Commands.soon())).contains(row);
        assertThat(store.ledger().record(taken, Commands.soon())).hasValueSatisfying(correction -> {
            assertThat(correction.operation()).isEqualTo(Operation.CORRECT);
            assertThat(correction.corrects()).isEqualTo(charged);
            assertThat(correction.overage()).isEqualTo(-4);
            assertThat(correction.grants()).isEqualTo(Map.of(12L, -1L));
        });
        assertThat(store.ledger().record(taken + 1, Commands.soon())).isEmpty();
    }

    @Test
    @DisplayName("R42: rows are chosen by operation and key as well")
    void choosing() {
        LedgerRow.use("u", 1).key("k").into(database);
        LedgerRow.use("u", 2).key("k").feature("g").into(database);
        LedgerRow.of("COMMIT", "u", 3).key("held").into(database);
        LedgerRow.of("CORRECT", "u", -4).key("fixed").into(database);
        LedgerRow.of("RESET", "u", -5).key("k2").into(database);
        UsageQuery mine = UsageQuery.of("u");

        assertThat(records(mine)).extracting(UsageRecord::amount).containsExactly(-5L, -4L, 3L, 2L, 1L);
        assertThat(records(mine.operation(Operation.RECORD)))
                .extracting(UsageRecord::amount)
                .containsExactly(2L, 1L);
        assertThat(records(mine.operation(Operation.CORRECT)))
                .extracting(UsageRecord::amount)
                .containsExactly(-4L);
        assertThat(records(mine.key("k"))).extracting(UsageRecord::amount).containsExactly(2L, 1L);
        assertThat(records(mine.key("k").feature("g").operation(Operation.RECORD)))
                .extracting(UsageRecord::amount)
                .containsExactly(2L);
        assertThat(records(mine.key("k").operation(Operation.COMMIT))).isEmpty();
    }

    @Test
    @DisplayName("rows that only keep a key are in no read: holds, and what took nothing back")
    void keysAlone() {
        long held = LedgerRow.of("HOLD", "u", 0).key("held").into(database);
        LedgerRow.of("RESET", "u", 0).into(database);
        long corrected = LedgerRow.of("CORRECT", "u", 0).into(database);

        assertThat(records(UsageQuery.of("u"))).isEmpty();
        assertThat(store.ledger().record(held, Commands.soon())).isEmpty();
        assertThat(store.ledger().record(corrected, Commands.soon())).isEmpty();
        assertThat(use("u", "held")).isEmpty();
        assertThat(sums("u", DAY, DAY.plus(Duration.ofDays(1)))).isEmpty();
        assertThat(top(10)).isEmpty();
        assertThat(store.ledger().pace("u", "f", Window.PERMANENT, Commands.soon()))
                .isEqualTo(new Pace(0, null, Catalogs.START));
        assertThat(store.ledger().shares("u", "f", Window.PERMANENT, 10, Commands.soon()))
                .isEmpty();
    }

    @Test
    @DisplayName("R40: a use is read by its key with all that was charged on its behalf, its own row first")
    void use() {
        LedgerRow credits = LedgerRow.use("u", 30).key("k").feature("a credits").onBehalf("u", "f", 10);
        LedgerRow pool = LedgerRow.use("a team", 3).key("k").onBehalf("u", "f", 1);
        long other = LedgerRow.use("a team", 9).key("k").into(database);
        long second = pool.into(database);
        long own = LedgerRow.use("u", 3).key("k").with(credits, pool).into(database);
        long first = credits.into(database);
        LedgerRow.of("CORRECT", "u", -1).key("fixed").corrects(own).into(database);
        LedgerRow.of("RESET", "u", -2).key("reset").into(database);

        assertThat(use("u", "k")).extracting(UsageRecord::id).containsExactly(own, first, second);
        assertThat(use("a team", "k")).extracting(UsageRecord::id).containsExactly(other);
        assertThat(use("u", "fixed")).isEmpty();
        assertThat(use("u", "reset")).isEmpty();
        assertThat(use("u", "unknown")).isEmpty();
        assertThat(store.ledger().use("u", "g", "k", Commands.soon())).isEmpty();
    }

    @Test
    @DisplayName("R34: a use that was held is read by the hold's key once it is charged")
    void committedUse() {
        LedgerRow.of("HOLD", "u", 0).key("k").into(database);
        assertThat(use("u", "k")).isEmpty();
        LedgerRow pool = LedgerRow.of("COMMIT", "team", 3).key("k").onBehalf("u", "f", 1);
        long own = LedgerRow.of("COMMIT", "u", 3).key("k").with(pool).into(database);
        long pooled = pool.into(database);

        assertThat(use("u", "k")).extracting(UsageRecord::id).containsExactly(own, pooled);
    }

    @Test
    @DisplayName(
            "R35: a reservation is read as it is now, expired from its very instant on whether or not anybody noted it")
    void reservations() {
        UUID id = UUID.randomUUID();
        Instant expiry = Catalogs.START.plusSeconds(60);
        hold(id, "HELD", expiry);
        HeldUnits held = new HeldUnits(
                id,
                "k",
                3,
                expiry,
                ReservationState.HELD,
                List.of(
                        new HeldLine("u", "f", MARCH, null),
                        new HeldLine("a team", "f", MARCH, new Origin("u", "f", 1)),
                        new HeldLine("u", "a credits", Window.PERMANENT, new Origin("u", "f", 10))));

        assertThat(store.ledger().reservation(id, Commands.soon())).contains(held);
        database.setClock(expiry.minusNanos(1000));
        assertThat(state(id)).isEqualTo(ReservationState.HELD);
        database.setClock(expiry);
        assertThat(state(id)).isEqualTo(ReservationState.EXPIRED);
        for (ReservationState settled : List.of(ReservationState.COMMITTED, ReservationState.RELEASED)) {
            database.run("UPDATE quotaguard.reservation SET state = '" + settled + "'");
            assertThat(state(id)).isEqualTo(settled);
        }
        assertThat(store.ledger().reservation(UUID.randomUUID(), Commands.soon()))
                .isEmpty();
    }

    @Test
    @DisplayName(
            "R35: a subject's counters are read without what has expired on them, also before anybody put them right")
    void expiredHoldsOfCounters() {
        Instant expiry = Catalogs.START.plusSeconds(60);
        hold(UUID.randomUUID(), "HELD", expiry);
        hold(UUID.randomUUID(), "HELD", expiry.plusSeconds(60));
        database.run(
                "INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, used, held, held_until)"
                        + " SELECT 'u', 'f', window_start, window_end, 2, 6, min(expires_at)"
                        + " FROM quotaguard.reservation_line WHERE subject = 'u' AND feature = 'f' GROUP BY 3, 4;"
                        + " UPDATE quotaguard.reservation_line l SET counter = c.id FROM quotaguard.usage_counter c"
                        + " WHERE (c.subject, c.feature) = (l.subject, l.feature)");

        assertThat(held("u")).isEqualTo(6);
        database.setClock(expiry);
        assertThat(held("u")).isEqualTo(3);
        database.setClock(expiry.plusSeconds(60));
        assertThat(held("u")).isZero();
    }

    @Test
    @DisplayName("R41: units, uses and overage add up per feature and span, whoever was charged for them")
    void sums() {
        LedgerRow.use("u", 5).at(DAY).overage(2).into(database);
        LedgerRow.of("COMMIT", "u", 4).at(DAY.plusSeconds(1)).into(database);
        LedgerRow.of("CORRECT", "u", -3).at(DAY.plusSeconds(2)).overage(-1).into(database);
        LedgerRow.use("u", 7).at(DAY.minusNanos(1000)).into(database);
        LedgerRow.use("u", 8).at(DAY.plus(Duration.ofDays(3))).into(database);
        LedgerRow.use("u", 1)
                .at(DAY.plus(Duration.ofDays(2)))
                .onBehalf("v", "g", 1)
                .into(database);
        LedgerRow.of("RESET", "u", -9).at(DAY.plus(Duration.ofDays(2))).into(database);
        LedgerRow.use("u", 6).feature("e").at(DAY.plus(Duration.ofDays(1))).into(database);
        LedgerRow.use("v", 99).at(DAY).into(database);
        Instant[] days = {DAY, DAY.plus(Duration.ofDays(1)), DAY.plus(Duration.ofDays(2)), DAY.plus(Duration.ofDays(3))
        };

        UsageSum today = new UsageSum("f", 0, 6, 2, 1);
        UsageSum later = new UsageSum("f", 2, -8, 1, 0);
        assertThat(sums("u", days)).containsExactly(new UsageSum("e", 1, 6, 1, 0), today, later);
        assertThat(store.ledger().sums("u", "f", List.of(days), Commands.soon()))
                .containsExactly(today, later);
        assertThat(sums("nobody", days)).isEmpty();
        assertThat(sums("u", DAY)).isEmpty();
    }

    @Test
    @DisplayName("who used most of a feature is told by units and name, without what others' uses were charged to them")
    void top() {
        LedgerRow.use("b", 5).at(DAY).into(database);
        LedgerRow.use("a", 3).at(DAY).into(database);
        LedgerRow.of("COMMIT", "a", 2).at(DAY.plusSeconds(1)).into(database);
        LedgerRow.use("c", 9).at(DAY.plusSeconds(2)).into(database);
        LedgerRow.of("RESET", "c", -9).at(DAY.plusSeconds(3)).into(database);
        LedgerRow.of("CORRECT", "d", -2).at(DAY.plusSeconds(4)).into(database);
        LedgerRow.use("team", 50).at(DAY).onBehalf("a", "f", 1).into(database);
        LedgerRow.use("a", 100).feature("g").at(DAY).into(database);
        LedgerRow.use("a", 100).at(DAY.minusNanos(1000)).into(database);
        LedgerRow.use("a", 100).at(DAY.plus(Duration.ofDays(1))).into(database);

        List<TopUser> all = List.of(
                new TopUser("a", 5, 2), new TopUser("b", 5, 1), new TopUser("c", 0, 1), new TopUser("d", -2, 0));
        assertThat(top(10)).isEqualTo(all);
        assertThat(top(2)).isEqualTo(all.subList(0, 2));
        LedgerRow.of("CORRECT", "d", 2).at(DAY.plusSeconds(5)).into(database);
        assertThat(top(10)).isEqualTo(all.subList(0, 3));
    }

    @Test
    @DisplayName("a counter's pace is its own rows' sum, and when the first of them was")
    void pace() {
        LedgerRow.of("HOLD", "u", 0).in(MARCH).at(DAY.minusSeconds(9)).into(database);
        LedgerRow.use("u", 5).in(MARCH).at(DAY).into(database);
        LedgerRow.of("CORRECT", "u", -2).in(MARCH).at(DAY.plusSeconds(9)).into(database);
        LedgerRow.use("u", 50).at(DAY.minusSeconds(9)).into(database);
        LedgerRow.use("u", 50).feature("g").in(MARCH).at(DAY.minusSeconds(9)).into(database);
        LedgerRow.use("v", 50).in(MARCH).at(DAY.minusSeconds(9)).into(database);

        assertThat(store.ledger().pace("u", "f", MARCH, Commands.soon())).isEqualTo(new Pace(3, DAY, Catalogs.START));
        assertThat(store.ledger().pace("u", "f", Window.PERMANENT, Commands.soon()))
                .isEqualTo(new Pace(50, DAY.minusSeconds(9), Catalogs.START));
    }

    @Test
    @DisplayName(
            "R40: a pool's counter is shared out among its members by what they used, itself included, resets aside")
    void shares() {
        LedgerRow.use("team", 5).in(MARCH).onBehalf("b", "f", 1).into(database);
        LedgerRow.use("team", 7).in(MARCH).onBehalf("a", "f", 1).into(database);
        LedgerRow.of("CORRECT", "team", -2).in(MARCH).onBehalf("a", "f", 1).into(database);
        LedgerRow.use("team", 20).in(MARCH).onBehalf("c", "articles", 10).into(database);
        LedgerRow.use("team", 1).in(MARCH).into(database);
        LedgerRow.use("team", 3).in(MARCH).onBehalf("d", "f", 1).into(database);
        LedgerRow.of("CORRECT", "team", -3).in(MARCH).onBehalf("d", "f", 1).into(database);
        LedgerRow.of("RESET", "team", -31).in(MARCH).into(database);
        LedgerRow.use("team", 99).onBehalf("a", "f", 1).into(database);
        LedgerRow.use("team", 99).in(MARCH).feature("g").onBehalf("a", "f", 1).into(database);

        List<PoolShare> all =
                List.of(new PoolShare("c", 20), new PoolShare("a", 5), new PoolShare("b", 5), new PoolShare("team", 1));
        assertThat(store.ledger().shares("team", "f", MARCH, 10, Commands.soon()))
                .isEqualTo(all);
        assertThat(store.ledger().shares("team", "f", MARCH, 2, Commands.soon()))
                .isEqualTo(all.subList(0, 2));
    }

    private void hold(UUID id, String state, Instant expiry) {
        String line = "INSERT INTO quotaguard.reservation_line (reservation, position, counter, subject, feature,"
                + " window_start, window_end, origin_subject, origin_feature, origin_rate, units, expires_at) VALUES ('"
                + id + "', ";
        String march = "'" + MARCH.start() + "', '" + MARCH.end() + "', ";
        database.run(
                "INSERT INTO quotaguard.reservation (id, subject, feature, key, units, state, expires_at) VALUES ('"
                        + id + "', 'u', 'f', 'k', 3, '" + state + "', '" + expiry + "');"
                        + line + "0, -1, 'a team', 'f', " + march + "'u', 'f', 1, 3, '" + expiry + "');"
                        + line + "1, -2, 'u', 'a credits', '" + Times.text(Window.PERMANENT.start())
                        + "', 'infinity', 'u', 'f', 10, 30, '" + expiry + "');"
                        + line + "2, -3, 'u', 'f', " + march + "NULL, NULL, NULL, 3, '" + expiry + "')");
    }

    private ReservationState state(UUID id) {
        return store.ledger().reservation(id, Commands.soon()).orElseThrow().state();
    }

    private long held(String subject) {
        return store.catalog()
                .usage(subject, Commands.soon())
                .counters()
                .get(0)
                .counter()
                .held();
    }

    private List<UsageRecord> records(UsageQuery query) {
        return store.ledger().records(query, Commands.soon());
    }

    private List<UsageRecord> use(String subject, String key) {
        return store.ledger().use(subject, "f", key, Commands.soon());
    }

    private List<UsageSum> sums(String subject, Instant... bounds) {
        return store.ledger().sums(subject, null, List.of(bounds), Commands.soon());
    }

    private List<TopUser> top(int max) {
        return store.ledger().top("f", DAY, DAY.plus(Duration.ofDays(1)), max, Commands.soon());
    }
}
