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
    @DisplayName("compares states with the first, for keys of either kind")
    void reports() throws InterruptedException {
        List<GrowthResult> results = GrowthBenchmark.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                "--states",
                "0x20,205x20",
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
        assertThat(results)
                .extracting(GrowthResult::keys)
                .containsExactly(GuardCalls.Keys.GENERATED, GuardCalls.Keys.RANDOM);
        assertThat(results).allSatisfy(result -> {
            assertThat(result.rounds()).containsOnlyKeys(new GrowthState.Size(0, 20), SIZE);
            assertThat(result.rounds().values())
                    .allSatisfy(rounds -> assertThat(rounds)
                            .hasSize(2)
                            .allMatch(round -> round.checks().accepted() > 0));
        });
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("205 rows, 20 counters", "random keys", "overview ms", "30 days ms")
                .matches("(?s)\\p{ASCII}*");
    }

    @Test
    @DisplayName("fills ledger and counters so that they agree, with keys in the order of time or in none")
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
                List<Long> byKey = database.numbers("SELECT id FROM quotaguard.usage_record ORDER BY dedup");
                List<Long> made = byKey.stream().filter(id -> id > 1).toList();
                assertThat(made.stream().sorted().toList().equals(made)).isEqualTo(keys == GuardCalls.Keys.GENERATED);
            }
        }
    }

    @Test
    @DisplayName("finds out a counter that differs from its ledger")
    void driftIsFound() {
        try (GrowthState state = GrowthState.create(SIZE, GuardCalls.Keys.GENERATED, SCALE)) {
            state.postgres()
                    .database()
                    .execute("UPDATE quotaguard.usage_counter SET used = used + 1 WHERE subject = 'growth-3'");
            assertThatThrownBy(state::books).hasMessage("counters differ from their ledger");
        }
    }

    @Test
    @DisplayName("lets the library go on with what was filled in")
    void goesOn() {
        try (GrowthState state = GrowthState.create(SIZE, GuardCalls.Keys.RANDOM, SCALE)) {
            assertThat(state.use(4, 1)).isTrue();
            assertThat(state.books()).isEqualTo(new Contender.Books(207, 207));
        }
    }
}
