package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.InvalidQuotaArgumentException;
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
