package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.InvalidQuotaArgumentException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuotaGuardBuilderTest {
    static Stream<Named<UnaryOperator<QuotaGuardBuilder>>> options() {
        return Stream.of(
                Named.of("timeout", builder -> builder.timeout(Duration.ofSeconds(1))),
                Named.of("alertPollInterval", builder -> builder.alertPollInterval(Duration.ofSeconds(1))),
                Named.of("cachedSubjects", builder -> builder.cachedSubjects(10)),
                Named.of("journalCapacity", builder -> builder.journalCapacity(10)),
                Named.of("coalescing", builder -> builder.coalescing(Coalescing.OFF)),
                Named.of("asyncExecutor", builder -> builder.asyncExecutor(Runnable::run)));
    }

    @ParameterizedTest
    @MethodSource("options")
    @DisplayName("An option that is set twice is refused, since one of the two would be lost")
    void setTwice(UnaryOperator<QuotaGuardBuilder> option) {
        QuotaGuardBuilder once = option.apply(builder());

        assertThatThrownBy(() -> option.apply(once))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("was set before");
    }

    @SuppressWarnings("NullAway")
    static Stream<Named<UnaryOperator<QuotaGuardBuilder>>> badValues() {
        return Stream.of(
                Named.of("timeout 0", builder -> builder.timeout(Duration.ZERO)),
                Named.of("timeout -1 s", builder -> builder.timeout(Duration.ofSeconds(-1))),
                Named.of("timeout 2 days", builder -> builder.timeout(Duration.ofDays(2))),
                Named.of("timeout null", builder -> builder.timeout(null)),
                Named.of("alertPollInterval 0", builder -> builder.alertPollInterval(Duration.ZERO)),
                Named.of("alertPollInterval null", builder -> builder.alertPollInterval(null)),
                Named.of("cachedSubjects 0", builder -> builder.cachedSubjects(0)),
                Named.of("journalCapacity -1", builder -> builder.journalCapacity(-1)),
                Named.of("listener null", builder -> builder.listener(null)),
                Named.of("leased feature null", builder -> builder.leased(null, SlicePolicy.fixed(10))),
                Named.of("leased policy null", builder -> builder.leased("calls", null)),
                Named.of("leased 0", builder -> builder.leased("calls", SlicePolicy.fixed(0))),
                Named.of("leased 9 to 8", builder -> builder.leased("calls", SlicePolicy.adaptive(9, 8))),
                Named.of(
                        "leased life 0",
                        builder -> builder.leased("calls", SlicePolicy.fixed(9).life(Duration.ZERO))),
                Named.of(
                        "leased life 2 h",
                        builder -> builder.leased("calls", SlicePolicy.fixed(9).life(Duration.ofHours(2)))),
                Named.of(
                        "leased margin of the whole life",
                        builder -> builder.leased("calls", SlicePolicy.fixed(9).margin(Duration.ofSeconds(10)))),
                Named.of(
                        "leased idle 0",
                        builder -> builder.leased("calls", SlicePolicy.fixed(9).idle(Duration.ZERO))),
                Named.of(
                        "leased maxUnposted 0",
                        builder -> builder.leased("calls", SlicePolicy.fixed(9).maxUnposted(0))),
                Named.of("coalescing null", builder -> builder.coalescing(null)),
                Named.of("asyncExecutor null", builder -> builder.asyncExecutor(null)));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    @DisplayName("R45: a value that no guard can work with is refused by name when it is set")
    void badValue(UnaryOperator<QuotaGuardBuilder> option) {
        assertThatThrownBy(() -> option.apply(builder())).isInstanceOf(InvalidQuotaArgumentException.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    @DisplayName("A guard without a store is refused")
    void withoutStore() {
        assertThatThrownBy(() -> QuotaGuard.builder(null))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("store");
    }

    @Test
    @DisplayName("A guard closes twice without harm, and leaves its store open")
    void closes() {
        InMemoryQuotaStore store = new InMemoryQuotaStore();
        QuotaGuard guard = QuotaGuard.builder(store).listener(alert -> {}).build();

        guard.close();
        guard.close();

        try (QuotaGuard next = QuotaGuard.builder(store).build()) {
            assertThat(next.check("user-42", "articles_per_day").allowed()).isFalse();
        }
    }

    private static QuotaGuardBuilder builder() {
        return QuotaGuard.builder(new InMemoryQuotaStore());
    }
}
