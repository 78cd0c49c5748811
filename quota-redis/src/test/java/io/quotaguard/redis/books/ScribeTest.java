package io.quotaguard.redis.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.Drift;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import io.quotaguard.redis.books.JournalFault.Kind;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a deed came to")
class ScribeTest {
    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");

    /** Begins another history of writes with each write, of which it then has nothing: a Redis that was restarted without it. */
    private static final class LosingJournal implements Journal {
        private int histories;

        @Override
        public Tail write(long after, List<byte[]> entries, boolean bound, Deadline deadline) {
            histories++;
            return new Tail("history " + histories, 0, NOW, 0, List.of(), true);
        }

        @Override
        public void crossOut(String history, List<Long> numbers, Deadline deadline) {}
    }

    @Test
    @DisplayName("B4: what was written down, and lost before this node carried it out, is unknown and not refused")
    void lostBeforeItWasCarriedOut() {
        Scribe scribe = new Scribe(new LosingJournal());

        assertThatThrownBy(() -> scribe.write(
                        List.of(new Deed.ForgetAudit(Duration.ofDays(1))), true, Deadline.after(Duration.ofSeconds(5))))
                .isInstanceOfSatisfying(
                        JournalFault.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.WRITTEN_PERHAPS));
    }

    @Test
    @DisplayName("R44: a repair that mended something changed the books, and one that found nothing did not")
    void repairs() {
        Drift drift = new Drift("user", "articles", Window.PERMANENT, 5, 3);

        assertThat(repaired(List.of(drift)).changedNothing()).isFalse();
        assertThat(repaired(List.of()).changedNothing()).isTrue();
    }

    private static Result repaired(List<Drift> mended) {
        return new Result(new Deed.Repaired(new Verification(1, mended.size(), true, null), mended), null);
    }
}
