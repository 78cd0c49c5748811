package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The benchmark of growth")
class GrowthBenchmarkTest {
    private static final GrowthState.Size SIZE = new GrowthState.Size(205, 20);
    private static final GrowthOptions.Scale SCALE = new GrowthOptions.Scale(1, 5, 2, 1);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    @DisplayName("compares states with the first")
    void reports() throws InterruptedException {
        List<GrowthResult> results = GrowthBenchmark.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                "--states",
                "0x20,205x20",
                "--keys",
                "random",
                "--callers",
                "2",
                "--active",
                "10",
                "--connections",
                "2",
                "--reads",
                "2",
                "--rounds",
                "2",
                "--seconds",
                "0.03");
        assertThat(results).extracting(GrowthResult::keys).containsExactly(GuardCalls.Keys.RANDOM);
        assertThat(results.get(0).rounds()).containsOnlyKeys(new GrowthState.Size(0, 20), SIZE);
        assertThat(results.get(0).rounds().values())
                .allSatisfy(rounds -> assertThat(rounds)
                        .hasSize(2)
                        .allMatch(round -> round.checks().accepted() > 0));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("205 rows, 20 counters", "random keys", "overview ms", "30 days ms")
                .matches("(?s)\\p{ASCII}*");
    }

    @Test
    @DisplayName("fills ledger and counters so that they agree, and finds out when they do not")
    void fillAgrees() {
        for (GuardCalls.Keys keys : GuardCalls.Keys.values()) {
            try (GrowthState state = GrowthState.create(SIZE, keys, SCALE)) {
                // One row more: the use that all others are copies of.
                assertThat(state.books()).isEqualTo(new Contender.Books(206, 206));
                BenchmarkDatabase database = state.postgres().database();
                assertThat(database.number("SELECT count(*) FROM quotaguard.usage_counter"))
                        .isEqualTo(21);
                assertThat(database.numbers("SELECT DISTINCT count(*) FROM quotaguard.usage_record"
                                + " WHERE subject <> 'growth-20' GROUP BY subject ORDER BY 1"))
                        .containsExactly(10L, 11L);
                requireKeys(database, keys);
                assertThat(state.use(4, 1)).isTrue();
                assertThat(state.books()).isEqualTo(new Contender.Books(207, 207));
                database.execute("UPDATE quotaguard.usage_counter SET used = used + 1 WHERE subject = 'growth-3'");
                assertThatThrownBy(state::books).hasMessage("counters differ from their ledger");
            }
        }
    }

    /** Generated keys grow with the ledger, random ones do not; the use that all others are copies of has one as well. */
    private static void requireKeys(BenchmarkDatabase database, GuardCalls.Keys keys) {
        boolean generated = keys == GuardCalls.Keys.GENERATED;
        List<Long> byKey = database.numbers("SELECT id FROM quotaguard.usage_record WHERE id > 1 ORDER BY dedup");
        assertThat(byKey.stream().sorted().toList().equals(byKey)).isEqualTo(generated);
        assertThat(database.texts("SELECT substr(key, 15, 1) FROM quotaguard.usage_record WHERE id = 1"))
                .as("version of the UUID")
                .containsExactly(generated ? "7" : "4");
    }
}
