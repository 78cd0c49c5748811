package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Drift;
import io.quotaguard.model.Grant;
import io.quotaguard.model.GrantBalance;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Origin;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.ReservationState;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;
import io.quotaguard.spi.CatalogOutcome;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.KeyIdentity;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is read and mended of the rows that the store itself wrote. */
class LedgerOfUsesTest extends StoreTest {
    private static final String COUNTER = "SELECT concat_ws(' ', used, held, burned) FROM quotaguard.usage_counter"
            + " WHERE subject = 'u' AND feature = 'f'";

    @Test
    @DisplayName("R40: a use is read with what its pool and its credits were charged, and the pool tells whose it was")
    void charged() {
        run(Operation.RECORD, "k", null, line("u", 3), pooled("team", 3), credits(30));
        run(Operation.RECORD, "k", null, line("team", 1));

        assertThat(use("k"))
                .extracting(UsageRecord::subject, UsageRecord::feature, UsageRecord::amount, UsageRecord::origin)
                .containsExactlyInAnyOrder(
                        tuple("u", "f", 3L, null),
                        tuple("team", "f", 3L, new Origin("u", "f", 1)),
                        tuple("u", "credits", 30L, new Origin("u", "f", 10)));
        assertThat(use("k").get(0).origin()).isNull();
        assertThat(store.ledger().shares("team", "f", Window.PERMANENT, 10, Commands.soon()))
                .containsExactly(new PoolShare("u", 3), new PoolShare("team", 1));
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
    }

    @Test
    @DisplayName(
            "R34: a hold is no use and no drift; its reservation is read with every line, and its commit as the use")
    void heldAndCommitted() {
        UUID id = KeyIdentity.of("u", "f", "k");
        Target hold = new Target(id, Duration.ofMinutes(1));
        run(Operation.HOLD, "k", hold, line("u", 3), pooled("team", 3));

        assertThat(use("k")).isEmpty();
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
        assertThat(store.ledger().reservation(id, Commands.soon())).hasValueSatisfying(held -> {
            assertThat(held.state()).isEqualTo(ReservationState.HELD);
            assertThat(held.key()).isEqualTo("k");
            assertThat(held.units()).isEqualTo(3);
            assertThat(held.expiresAt()).isEqualTo(Catalogs.START.plusSeconds(60));
            assertThat(held.lines())
                    .extracting(line -> line.subject() + " for " + line.origin())
                    .containsExactly("u for null", "team for " + new Origin("u", "f", 1));
        });

        run(Operation.COMMIT, "k", new Target(id, null), line("u", 2), pooled("team", 2));
        assertThat(use("k"))
                .extracting(row -> row.operation() + " " + row.subject() + " " + row.amount())
                .containsExactly("COMMIT u 2", "COMMIT team 2");
        assertThat(store.ledger().reservation(id, Commands.soon()).map(held -> held.state()))
                .contains(ReservationState.COMMITTED);
        assertThat(store.ledger().verify(Commands.soon())).isEmpty();
    }

    @Test
    @DisplayName("R38, R42: rows tell what came from grants, and a repair finds what is burned by them")
    void burned() {
        Catalogs.grant(store, Grant.of("u", "f", 5));
        long id =
                store.catalog().grants("u", "f", Commands.soon()).get(0).grant().id();
        run(Operation.RECORD, "k", null, granted(12));
        assertThat(use("k")).singleElement().satisfies(row -> {
            assertThat(row.grants()).isEqualTo(Map.of(id, 2L));
            assertThat(row.limit()).isEqualTo(Limit.of(15));
        });
        run(Operation.CORRECT_BY, "c", new Target(KeyIdentity.of("u", "f", "k"), null), granted(1));
        assertThat(left("u")).isEqualTo(4);
        assertThat(database.ask(COUNTER)).isEqualTo("11 0 1");
        database.run("UPDATE quotaguard.usage_counter SET used = 3, burned = 3");

        assertThat(store.ledger().repair(Catalogs.TEST, Commands.soon()))
                .containsExactly(new Drift("u", "f", Window.PERMANENT, 3, 11));
        assertThat(database.ask(COUNTER)).isEqualTo("11 0 1");
    }

    @Test
    @DisplayName("R29, R30: a grant re-arms what usage has fallen below, and its end fires what usage then reaches")
    void alerts() {
        run(Operation.RECORD, "k", null, line("u", 9));
        assertThat(database.ask("SELECT fired::text FROM quotaguard.usage_counter"))
                .isEqualTo("{80}");

        CatalogOutcome granted = Catalogs.grant(store, Grant.of("u", "f", 10), granted(0));
        assertThat(granted)
                .isInstanceOfSatisfying(
                        CatalogOutcome.Applied.class,
                        applied -> assertThat(applied.alerts()).isEmpty());
        assertThat(database.ask("SELECT fired::text FROM quotaguard.usage_counter"))
                .isEqualTo("{}");
        long id =
                store.catalog().grants("u", "f", Commands.soon()).get(0).grant().id();
        assertThat(Catalogs.voidGrant(store, "u", id, line("u", 0)))
                .isInstanceOfSatisfying(
                        CatalogOutcome.Applied.class,
                        applied -> assertThat(applied.alerts()).singleElement().satisfies(alert -> {
                            assertThat(alert.threshold()).isEqualTo(80);
                            assertThat(alert.limit()).isEqualTo(Limit.of(10));
                        }));
        assertThat(database.count("usage_counter")).isEqualTo(1);
    }

    private void run(Operation operation, String key, @Nullable Target target, Line... lines) {
        Command command = new Command(operation, key, List.of(lines), Map.of(), target);
        assertThat(Commands.run(store, command)).isInstanceOf(Outcome.Accepted.class);
    }

    private List<UsageRecord> use(String key) {
        return store.ledger().use("u", "f", key, Commands.soon());
    }

    private long left(String subject) {
        return store.catalog().grants(subject, "f", Commands.soon()).stream()
                .mapToLong(GrantBalance::left)
                .sum();
    }

    private Line line(String subject, long amount) {
        return new Line(subject, "f", amount, terms(subject, false));
    }

    private Line granted(long amount) {
        return new Line("u", "f", amount, terms("u", true));
    }

    private Line pooled(String pool, long amount) {
        return new Line(pool, "f", amount, terms(pool, false), new Origin("u", "f", 1));
    }

    private Line credits(long amount) {
        Terms terms = Commands.terms(100);
        return new Line("u", "credits", amount, terms, new Origin("u", "f", 10));
    }

    private Terms terms(String subject, boolean granted) {
        Terms terms = Commands.terms(10);
        return new Terms(
                terms.standing(),
                terms.limit(),
                terms.ceiling(),
                terms.thresholds(),
                terms.source(),
                terms.window(),
                null,
                null,
                new CatalogVersion(Catalogs.revision(store, subject), null, 0, CatalogVersion.NOT_USED),
                granted);
    }
}
