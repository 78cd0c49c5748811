package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Drift;
import io.quotaguard.model.Window;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R42: what the counters are compared with, and what a repair makes of them. */
class CounterRepairTest extends StoreTest {
    private static final String COUNTER =
            "SELECT concat_ws(' ', used, held, burned, last_reset) FROM quotaguard.usage_counter";

    @Test
    @DisplayName("R42: a counter of which units are only held agrees with its ledger")
    void holdsAreNoDrift() {
        LedgerRow.of("HOLD", "u", 0).into(database);
        counter("used, held", "0, 5");

        assertThat(verify()).isEmpty();
        assertThat(repair()).isEmpty();
        assertThat(database.ask(COUNTER)).isEqualTo("0 5 0 0");
    }

    @Test
    @DisplayName("R38, R42: a repair counts what was burned since the last reset, less what was given back")
    void burned() {
        LedgerRow.use("u", 9).grants("{\"1\": 4}").into(database);
        long reset = LedgerRow.of("RESET", "u", -9).into(database);
        LedgerRow.use("u", 8).grants("{\"1\": 2, \"2\": 3}").into(database);
        LedgerRow.use("u", 1).into(database);
        LedgerRow.of("CORRECT", "u", -4).grants("{\"2\": -1}").into(database);
        LedgerRow.use("u", 50).feature("g").grants("{\"3\": 50}").into(database);
        counter("used, held, burned, last_reset", "7, 2, 9, " + reset);

        Drift drift = new Drift("u", "f", Window.PERMANENT, 7, 5);
        assertThat(verify()).contains(drift);
        assertThat(repair()).contains(drift);
        assertThat(verify()).isEmpty();
        assertThat(database.ask(COUNTER + " WHERE feature = 'f'")).isEqualTo("5 2 4 " + reset);
        assertThat(database.ask(COUNTER + " WHERE feature = 'g'")).isEqualTo("50 0 50 0");
    }

    @Test
    @DisplayName("R42: a counter that is gone comes back with its last reset, before which nothing can be taken back")
    void restored() {
        LedgerRow.use("u", 9).grants("{\"1\": 4}").into(database);
        long reset = LedgerRow.of("RESET", "u", -9).into(database);
        LedgerRow.use("u", 2).into(database);

        assertThat(repair()).containsExactly(new Drift("u", "f", Window.PERMANENT, 0, 2));
        assertThat(database.ask(COUNTER)).isEqualTo("2 0 0 " + reset);
    }

    private void counter(String columns, String values) {
        database.run("INSERT INTO quotaguard.usage_counter (subject, feature, window_start, window_end, " + columns
                + ") VALUES ('u', 'f', '" + Times.text(Window.PERMANENT.start()) + "', 'infinity', " + values + ")");
    }

    private List<Drift> verify() {
        return store.ledger().verify(Commands.soon());
    }

    private List<Drift> repair() {
        return store.ledger().repair(Catalogs.TEST, Commands.soon());
    }
}
