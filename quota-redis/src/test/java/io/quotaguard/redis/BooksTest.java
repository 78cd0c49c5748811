package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.redis.Books.Told;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The check of the books finds what is wrong with them (R7, R10, R42)")
class BooksTest {
    private static final Told TOLD = new Told(Set.of("a", "b"), Set.of("a", "b", "refused"));

    @Test
    @DisplayName("R42: books in order have no faults")
    void inOrder() {
        assertThat(new Books(List.of("a", "b"), 2, 2, TOLD).faultsWithoutLoss()).isEmpty();
    }

    @Test
    @DisplayName("R7: a use that is in the ledger twice is found")
    void doubled() {
        assertThat(new Books(List.of("a", "b", "a"), 3, 3, TOLD).faults())
                .containsExactly("a is in the ledger more than once");
    }

    @Test
    @DisplayName("R10: a use that was allowed and is not in the ledger is found, but where Redis may lose some")
    void lost() {
        Books books = new Books(List.of("a"), 1, 1, TOLD);

        assertThat(books.faultsWithoutLoss()).containsExactly("b was allowed and is not in the ledger");
        assertThat(books.faults()).isEmpty();
        assertThat(books.lost()).containsExactly("b");
    }

    @Test
    @DisplayName(
            "R42: a row of nobody, a ledger that differs from its counter, and a Redis that differs from it are found")
    void differing() {
        assertThat(new Books(List.of("a", "b", "c"), 4, 5, TOLD).faultsWithoutLoss())
                .containsExactly(
                        "c is in the ledger, and nobody used it",
                        "the ledger counts 4 units and has 3 rows",
                        "Redis counts 5 units and the ledger 4");
    }
}
