package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What benchmarks share")
class HarnessTest {
    @Test
    @DisplayName("rounds take the cases in turns, every other round backwards")
    void roundsTakeTurns() throws InterruptedException {
        List<String> order = new ArrayList<>();
        var results = new Rounds(3).interleave(List.of("a", "b"), each -> {
            order.add(each);
            return order.size();
        });
        assertThat(order).containsExactly("a", "b", "b", "a", "a", "b");
        assertThat(results).containsEntry("a", List.of(1, 4, 5)).containsEntry("b", List.of(2, 3, 6));
    }

    @Test
    @DisplayName("rounds can begin with each case in turn")
    void roundsRotate() throws InterruptedException {
        List<String> order = new ArrayList<>();
        Rounds.rotating(3).interleave(List.of("a", "b", "c"), order::add);
        assertThat(order).containsExactly("a", "b", "c", "b", "c", "a", "c", "a", "b");
    }

    @Test
    @DisplayName("a warm-up lasts until the JVM compiles little, and not for ever")
    void warmUps() throws InterruptedException {
        assertThat(warmUp(List.of(0, 3_600, 7_200, 7_200))).isEqualTo(3);
        assertThat(warmUp(List.of(0, 3_600, 7_200, 10_800, 14_400))).isEqualTo(4);
    }

    private static int warmUp(List<Integer> compiledSeconds) throws InterruptedException {
        List<Integer> left = new ArrayList<>();
        // Each round asks before and after.
        for (int i = 0; i + 1 < compiledSeconds.size(); i++) {
            left.addAll(compiledSeconds.subList(i, i + 2));
        }
        return new WarmUp(4, () -> Duration.ofSeconds(left.remove(0))).run(() -> {});
    }

    @Test
    @DisplayName("ratios are taken within a round")
    void ratiosByRound() {
        Spread ratios = Spread.ofRatios(List.of(2.0, 30.0, 8.0), List.of(1.0, 10.0, 2.0), Double::doubleValue);
        assertThat(ratios).isEqualTo(new Spread(2, 3, 4));
        assertThat(Spread.text(Double.NaN)).isEqualTo("-");
    }

    @Test
    @DisplayName("a spread is a median with its range, in three digits")
    void spreads() {
        Spread odd = Spread.of(List.of(3.0, 1.0, 2.5), Double::doubleValue);
        assertThat(odd).isEqualTo(new Spread(1, 2.5, 3)).hasToString("2.50 (1.00-3.00)");
        assertThat(Spread.text(0.0007)).isEqualTo("0.00070");
        Spread even = Spread.of(List.of(12345, 0, 20, 40), Integer::doubleValue);
        assertThat(even).isEqualTo(new Spread(0, 30, 12345)).hasToString("30.0 (0-12,345)");
    }

    @Test
    @DisplayName("a table aligns its columns")
    void tablesAlign() {
        Table table = new Table("name", "n");
        table.row("a", 1);
        table.row("b", 1000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        table.print(new PrintStream(out, true));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("  name     n", "  a        1", "  b     1000", "");
    }
}
