package io.quotaguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A contender")
class ContestTest {
    private static final int SIZE = 3;
    private static final Subjects SUBJECTS = new Subjects(SIZE);
    private static final Bed BED = new Bed(SUBJECTS, 2);

    @AfterAll
    static void close() {
        BED.close();
    }

    static Stream<Entrant> everyone() {
        Stream<Entrant> servers =
                Stream.of(PostgresContest.values(), RedisContest.values()).flatMap(Arrays::stream);
        // The others of the contest of leases are those of the contests on servers.
        return Stream.concat(servers, Stream.of(LeaseContest.QUOTAGUARD_100, LeaseContest.QUOTAGUARD_ADAPTIVE));
    }

    @ParameterizedTest
    @MethodSource("everyone")
    @DisplayName("allows what fits, refuses what does not, and writes what it allowed")
    void decidesAndWrites(Entrant entrant) throws SQLException {
        try (Contender contender = entrant.open(BED)) {
            assertThat(contender.use(0, 1)).isTrue();
            assertThat(contender.use(0, Subjects.TOO_MUCH)).isFalse();
            assertThat(contender.use(0, 1)).isTrue();
            assertThat(contender.use(SIZE, 1)).isTrue();
            assertThat(contender.use(SIZE, 1)).isFalse();
            entrant.requireBooks(contender, 3);
        }
    }

    @Test
    @DisplayName("that does not write what it allowed is found out")
    void booksAreChecked() {
        Contender forgetful = new Planted(true, new Contender.Books(4, 3));
        assertThatThrownBy(() -> PostgresContest.NAIVE.requireBooks(forgetful, 4))
                .hasMessage("naive should have written Books[units=4, ledgerRows=4]"
                        + " but wrote Books[units=4, ledgerRows=3]");
        assertThatThrownBy(() -> RedisContest.BUCKET4J.requireBooks(forgetful, 5))
                .hasMessageContaining("units=5");
    }

    @Test
    @DisplayName("that allows what is to be refused, or refuses what fits, is not measured")
    void answersAreChecked() {
        assertThatThrownBy(() -> answer(true, Traffic.Outcome.REFUSED))
                .hasRootCauseMessage(
                        "Planted allowed a call that it had to answer otherwise, so there is nothing to measure");
        assertThatThrownBy(() -> answer(false, Traffic.Outcome.ACCEPTED))
                .hasRootCauseMessage(
                        "Planted refused a call that it had to answer otherwise, so there is nothing to measure");
    }

    private void answer(boolean allowed, Traffic.Outcome outcome) throws InterruptedException {
        CpuTime.Meter meter = new CpuTime.Meter(List.of());
        try (Callers callers = new Callers(2, meter)) {
            Traffic traffic = new Traffic(Traffic.Shape.HOT, outcome, SUBJECTS);
            callers.run(new Planted(allowed, new Contender.Books(0, 0)), traffic, Duration.ofMillis(1));
        }
    }

    /** Always of one mind. */
    private record Planted(boolean allowed, Books books) implements Contender {
        @Override
        public boolean use(int subject, long units) {
            return allowed;
        }
    }
}
