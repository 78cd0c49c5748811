package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A budget")
class BudgetTest {
    private static final int MOST = 3;

    private final Budget budget = new Budget(MOST, "things", "maxThings");

    @Test
    @DisplayName("numbers things from 1 on, never twice, and makes room for several at once or for none")
    void numbers() {
        assertThat(budget.reserve(2)).isEqualTo(1);
        assertThat(budget.reserve(2)).isEqualTo(Budget.FULL);
        assertThat(budget.reserve(1)).isEqualTo(3);
        budget.giveBack(2);
        assertThat(budget.reserve(2)).isEqualTo(4);
        assertThat(budget.alive()).isEqualTo(MOST);
    }

    @Test
    @DisplayName("leaves numbers out without losing room, and never goes back")
    void skips() {
        assertThat(budget.reserve(1)).isEqualTo(1);
        budget.skipTo(10);
        assertThat(budget.alive()).isEqualTo(1);
        assertThat(budget.reserve(1)).isEqualTo(11);
        budget.skipTo(11);
        budget.skipTo(5);
        assertThat(budget.alive()).isEqualTo(2);
        assertThat(budget.reserve(1)).isEqualTo(12);
        assertThat(budget.reserve(1)).isEqualTo(Budget.FULL);
    }

    @Test
    @DisplayName("H5: that is full says what there is too much of, how much may be, and what to do")
    void exceeded() {
        assertThat(budget.exceeded("k"))
                .hasMessageContainingAll(MOST + " things", "maxThings(…)", "H5")
                .extracting("key")
                .isEqualTo("k");
    }

    @Test
    @DisplayName("H5: is never passed, however reservations, refusals and returns meet")
    void isExact() {
        AtomicInteger alive = new AtomicInteger();
        List<Integer> most = Crowd.run(8, thread -> () -> {
            int seen = 0;
            for (int i = 0; i < 100_000; i++) {
                if (budget.reserve(1) != Budget.FULL) {
                    seen = Math.max(seen, alive.incrementAndGet());
                    alive.decrementAndGet();
                    budget.giveBack(1);
                }
            }
            return seen;
        });

        assertThat(most).allSatisfy(seen -> assertThat(seen).isLessThanOrEqualTo(MOST));
        assertThat(budget.alive()).isZero();
    }
}
