package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.JoinedTransaction;
import io.quotaguard.spi.Outcome;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.DelegatingStore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R10: a transaction of the host")
class JoinedQuotaTest {
    @Test
    @DisplayName("is refused by a store that has none, which says so beforehand too")
    void memory() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore();
                QuotaGuard quota = QuotaGuard.builder(store).build()) {
            assertThat(store.capabilities().joinsTransactions()).isFalse();
            assertThatThrownBy(() -> quota.in(new Object()))
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContainingAll("\"memory\"", "cannot join", "PostgreSQL", "R10");
        }
    }

    @Test
    @DisplayName("in which the store breaks its promise and throws is to be rolled back, and nothing is unknown")
    void broken() {
        try (QuotaGuard quota =
                QuotaGuard.builder(new BrokenStore(new InMemoryQuotaStore())).build()) {
            Usage usage = Usage.of("ann", "articles").key("k");
            assertThatThrownBy(() -> quota.in("a transaction").checkAndRecord(usage))
                    .isInstanceOfSatisfying(
                            QuotaUnavailableException.class,
                            failure -> assertThat(failure.key()).isEqualTo("k"))
                    .hasMessageContaining("roll back");
            assertThat(quota.statistics().unavailable()).isEqualTo(1);
        }
    }

    /** Takes anything for a transaction, reads the catalog in it, and throws where it should decide. */
    private static final class BrokenStore extends DelegatingStore {
        BrokenStore(QuotaStore inner) {
            super(inner);
        }

        @Override
        public JoinedTransaction join(Object transaction) {
            return new JoinedTransaction() {
                @Override
                public Outcome execute(Command command, Deadline deadline) {
                    throw new IllegalStateException("broken on demand");
                }

                @Override
                public SubjectCatalog load(String subject, Deadline deadline) {
                    return catalog().load(subject, deadline);
                }
            };
        }
    }

    @Test
    @DisplayName("is required")
    @SuppressWarnings("NullAway")
    void nothing() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore();
                QuotaGuard quota = QuotaGuard.builder(store).build()) {
            assertThatThrownBy(() -> quota.in(null))
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("transaction is required");
        }
    }
}
