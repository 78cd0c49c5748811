package io.quotaguard.redis.books;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.redis.books.Journal.Entry;
import io.quotaguard.redis.books.Journal.Tail;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Entries that changed nothing")
class ClearingTest {
    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");
    private static final Result NOTHING = new Result(0, null);
    private static final int MANY = 100;

    private final List<Long> crossedOut = new ArrayList<>();
    private final Clearing clearing = new Clearing(new CrossedOut());
    private final Replica replica = new Replica((entry, signed, result) -> {});

    /** A journal that nobody writes to. */
    private final class CrossedOut implements Journal {
        @Override
        public Tail write(long after, List<byte[]> entries, boolean bound, Deadline deadline) {
            throw new IllegalStateException("nobody reads or writes");
        }

        @Override
        public void crossOut(String history, List<Long> numbers, Deadline deadline) {
            crossedOut.addAll(numbers);
        }
    }

    private void learnOfMany() throws JournalFault {
        for (long number = 1; number <= MANY; number++) {
            clearing.learn(new Entry(number, NOW, new byte[0]), NOTHING);
        }
        clearing.crossOutIdle(replica, Deadline.after(Duration.ofSeconds(5)));
    }

    private static Tail upTo(long last) {
        return new Tail("history", 0, NOW, last, List.of(), true);
    }

    @Test
    @DisplayName("R2: they are crossed out when they are many")
    void many() throws JournalFault {
        replica.take(upTo(MANY));

        learnOfMany();

        assertThat(crossedOut).hasSize(MANY);
    }

    @Test
    @DisplayName(
            "F1: after a loss, a number is not crossed out that nothing was read under again: another node may be writing it")
    void lostSince() throws JournalFault {
        replica.take(upTo(MANY / 2));

        learnOfMany();

        assertThat(crossedOut).hasSize(MANY / 2).allMatch(number -> number <= MANY / 2);
    }
}
