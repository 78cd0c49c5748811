package io.quotaguard.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The term of a subscription")
class TermTest {
    private static final Instant END = Instant.parse("2026-03-10T12:00:00Z");
    private static final ZoneId UTC = ZoneId.of("UTC");

    @Test
    @DisplayName("R14: it has ended from its end on, and not a moment before")
    void endsAtItsInstant() {
        Term trial = Term.trialUntil(END);

        assertThat(trial.endedBy(END.minusNanos(1))).isFalse();
        assertThat(trial.endedBy(END)).isTrue();
        assertThat(trial.endedBy(END.plusSeconds(1))).isTrue();
        assertThat(Term.OPEN.endedBy(Instant.MAX)).isFalse();
        assertThat(Term.renewing(BillingCycle.WEEKLY).endedBy(Instant.MAX)).isFalse();
    }

    @Test
    @DisplayName("R21: it ends with its cancellation when that is earlier, and goes on when that is taken back")
    void cancellation() {
        Term fixed = Term.until(END);
        Instant earlier = END.minusSeconds(60);

        assertThat(fixed.cancelled(earlier).end()).isEqualTo(earlier);
        assertThat(fixed.cancelled(END.plusSeconds(60)).end()).isEqualTo(END);
        assertThat(fixed.cancelled(earlier).cancelled(null)).isEqualTo(fixed);
        assertThat(Term.OPEN.cancelled(END).end()).isEqualTo(END);
        assertThat(Term.renewing(BillingCycle.MONTHLY).cancelled(END).endedBy(END))
                .isTrue();
    }

    @Test
    @DisplayName("R14: its instants are kept to the microsecond, as stores keep them")
    void microseconds() {
        assertThat(Term.trialUntil(END.plusNanos(1999)).end()).isEqualTo(END.plusNanos(1000));
        assertThat(Term.OPEN.cancelled(END.plusNanos(1999)).end()).isEqualTo(END.plusNanos(1000));
        assertThat(Term.trialUntil(END.plusNanos(1))).isEqualTo(Term.trialUntil(END));
    }

    @Test
    @DisplayName("R4: what is changed about it leaves the rest as it is")
    void changedCopies() {
        Term term =
                Term.once(BillingCycle.YEARLY).thenPlan("free").endingAt(END).cancelled(END.minusSeconds(1));

        assertThat(term).isEqualTo(new Term(Term.Kind.FIXED, BillingCycle.YEARLY, END, END.minusSeconds(1), "free"));
        assertThat(term.thenPlan(null).fallback()).isNull();
        assertThat(term.thenPlan(null).endsAt()).isEqualTo(END);
    }

    @Test
    @DisplayName("R15: what is bought by the cycle tells the end of the present one; the rest does not")
    void cycleEnd() {
        Term monthly = Term.renewing(BillingCycle.MONTHLY);
        Instant start = Instant.parse("2026-01-31T00:00:00Z");
        Instant first = Instant.parse("2026-02-28T00:00:00Z");

        assertThat(monthly.cycleEnd(start, UTC, start)).contains(first);
        assertThat(monthly.cycleEnd(start, UTC, start.minus(Duration.ofDays(9))))
                .contains(first);
        assertThat(monthly.cycleEnd(start, UTC, first.minusNanos(1))).contains(first);
        assertThat(monthly.cycleEnd(start, UTC, first)).contains(Instant.parse("2026-03-31T00:00:00Z"));
        assertThat(Term.OPEN.cycleEnd(start, UTC, start)).isEmpty();
        assertThat(Term.trialUntil(END).cycleEnd(start, UTC, start)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "TRIAL,,",
        "TRIAL, MONTHLY,",
        "FIXED,,",
        "OPEN,, 2026-03-10T12:00:00Z",
        "RENEWING, WEEKLY, 2026-03-10T12:00:00Z"
    })
    @DisplayName("R4: a term that should end has an end, and no other has")
    void endsAsItsKindSays(Term.Kind kind, @Nullable BillingCycle cycle, @Nullable Instant endsAt) {
        assertThatThrownBy(() -> new Term(kind, cycle, endsAt, null, null))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll(kind.name(), "R4");
    }
}
