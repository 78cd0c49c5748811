package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Traffic")
class TrafficTest {
    private static final int SIZE = 100;
    private static final int CALLS = 100_000;

    private final Subjects subjects = new Subjects(SIZE);

    @Test
    @DisplayName("goes to everyone alike, to few most of the time, or to one")
    void shapes() {
        List<Integer> uniform = callsBySubject(Traffic.Shape.UNIFORM);
        assertThat(uniform).allMatch(calls -> calls > CALLS / SIZE / 2 && calls < CALLS / SIZE * 2);
        List<Integer> zipf = callsBySubject(Traffic.Shape.ZIPF);
        assertThat(zipf).allMatch(calls -> calls > 0);
        // Of 100 ranks the first gets 1 / (1 + 1/2 + 1/3 + ... + 1/100) of all calls, nearly.
        assertThat(Collections.max(zipf)).isBetween(CALLS * 17 / 100, CALLS * 21 / 100);
        assertThat(callsBySubject(Traffic.Shape.HOT)).startsWith(CALLS, 0);
    }

    @Test
    @DisplayName("that is refused goes to those who have nothing left")
    void refused() {
        Traffic traffic = new Traffic(Traffic.Shape.UNIFORM, Traffic.Outcome.REFUSED, subjects);
        IntPredicate hasRoom = subjects::hasRoom;
        assertThat(IntStream.generate(traffic::subject).limit(CALLS)).noneMatch(hasRoom::test);
        assertThat(traffic.allows(1)).isFalse();
    }

    @Test
    @DisplayName("that is mixed asks for too much in 3 calls of 10")
    void mixed() {
        Traffic traffic = new Traffic(Traffic.Shape.HOT, Traffic.Outcome.MIXED, subjects);
        long refused = LongStream.generate(traffic::units)
                .limit(CALLS)
                .filter(units -> !traffic.allows(units))
                .count();
        assertThat(refused).isBetween(CALLS * 28L / 100, CALLS * 32L / 100);
    }

    private List<Integer> callsBySubject(Traffic.Shape shape) {
        Traffic traffic = new Traffic(shape, Traffic.Outcome.ACCEPTED, subjects);
        int[] calls = new int[SIZE];
        IntStream.generate(traffic::subject).limit(CALLS).forEach(subject -> calls[subject]++);
        return IntStream.of(calls).boxed().toList();
    }
}
