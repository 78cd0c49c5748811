package io.quotaguard.planted;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.MemoryStoreFixture;
import io.quotaguard.spi.QuotaStore;
import io.quotaguard.testing.DelegatingStore;
import io.quotaguard.testing.QuotaStoreContract;
import io.quotaguard.testing.StoreFixture;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

@DisplayName("Bugs planted in a store")
class PlantedBugsTest {
    private static final Pattern STEPS = Pattern.compile("so do (\\d+) of its steps");
    private static final int FEW_STEPS = 8;

    /** The contract on the memory store behind a wrapper. Nested, so that no build runs it by itself. */
    abstract static class BehindContract extends QuotaStoreContract {
        private final UnaryOperator<QuotaStore> wrapper;

        BehindContract(UnaryOperator<QuotaStore> wrapper) {
            this.wrapper = wrapper;
        }

        @Override
        protected StoreFixture newFixture(Instant start) {
            return new MemoryStoreFixture(start, wrapper);
        }
    }

    static final class NoBug extends BehindContract {
        NoBug() {
            super(DelegatingStore::new);
        }
    }

    static final class CheckThenAct extends BehindContract {
        CheckThenAct() {
            super(CheckThenActStore::new);
        }
    }

    static final class LateKey extends BehindContract {
        LateKey() {
            super(LateKeyStore::new);
        }
    }

    static final class Trusting extends BehindContract {
        Trusting() {
            super(TrustingStore::new);
        }
    }

    static final class LineByLine extends BehindContract {
        LineByLine() {
            super(LineByLineStore::new);
        }
    }

    static final class LeakyHold extends BehindContract {
        LeakyHold() {
            super(LeakyHoldStore::new);
        }
    }

    static final class LingeringHold extends BehindContract {
        LingeringHold() {
            super(LingeringHoldStore::new);
        }
    }

    static final class CurrentWindow extends BehindContract {
        CurrentWindow() {
            super(CurrentWindowStore::new);
        }
    }

    static final class GrantTwice extends BehindContract {
        GrantTwice() {
            super(GrantTwiceStore::new);
        }
    }

    static final class SkippedLevel extends BehindContract {
        SkippedLevel() {
            super(SkippedLevelStore::new);
        }
    }

    /** Runs some groups of the contract; returns the names of the tests that failed. */
    static Set<String> failures(Class<? extends QuotaStoreContract> contract, String... groups) {
        return run(contract, groups).stream()
                .map(TestExecutionSummary.Failure::getTestIdentifier)
                .map(PlantedBugsTest::methodName)
                .collect(Collectors.toSet());
    }

    private static List<TestExecutionSummary.Failure> run(
            Class<? extends QuotaStoreContract> contract, String... groups) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String group : groups) {
            request.selectors(DiscoverySelectors.selectNestedClass(
                    List.of(contract.getName()), QuotaStoreContract.class.getName() + "$" + group));
        }
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest built = request.build();
        LauncherFactory.create().execute(built, listener);
        TestExecutionSummary summary = listener.getSummary();
        assertThat(summary.getTestsStartedCount()).as("tests that ran").isPositive();
        return summary.getFailures();
    }

    private static String methodName(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(MethodSource::getMethodName)
                .orElseGet(test::getDisplayName);
    }

    @Test
    @DisplayName("none: the wrapper alone fails nothing, so what fails below fails because of the bug")
    void noBug() {
        assertThat(failures(
                        NoBug.class,
                        "Admission",
                        "Idempotency",
                        "PlanChanges",
                        "Commands",
                        "Concurrency",
                        "CatalogRaces"))
                .isEmpty();
    }

    @Test
    @DisplayName("check-then-act is caught: more is allowed than the limit")
    void checkThenAct() {
        assertThat(failures(CheckThenAct.class, "Concurrency"))
                .contains("exactlyTheLimit", "amountsOfAllSizes", "oppositeOrder");
    }

    @Test
    @DisplayName("a key recorded outside the transaction is caught: a storm of retries counts more than once")
    void lateKey() {
        assertThat(failures(LateKey.class, "Concurrency"))
                .contains("stormOfRetries")
                .doesNotContain("exactlyTheLimit");
        assertThat(failures(LateKey.class, "KeyScope")).contains("conflictOnAmount");
    }

    @Test
    @DisplayName("a stale plan is caught: another node goes on deciding by the old limit")
    void stalePlan() {
        assertThat(failures(Trusting.class, "PlanChanges", "Commands", "CatalogRaces", "Freshness"))
                .contains("otherNodesNeverDecideByStaleTerms", "termsOfAnotherRevision", "cutUnderLoad", "learnedOnce");
    }

    @Test
    @DisplayName("half a call is caught: lines that were charged before one refused")
    void lineByLine() {
        assertThat(failures(LineByLine.class, "Admission"))
                .contains("oneLineThatDoesNotFitKeepsAllFromBeingCharged", "overflowChangesNothing");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            classes = {LeakyHold.class, LingeringHold.class, CurrentWindow.class, GrantTwice.class, SkippedLevel.class})
    @DisplayName("what only a sequence of calls shows is caught by the model, and told in a few steps")
    void sequences(Class<? extends QuotaStoreContract> contract) {
        List<TestExecutionSummary.Failure> failures = run(contract, "Sequences");
        assertThat(failures).hasSize(1);
        String told = String.valueOf(failures.get(0).getException().getMessage());
        Matcher steps = STEPS.matcher(told);
        assertThat(steps.find()).as("a script in %s", told).isTrue();
        assertThat(Integer.parseInt(steps.group(1))).as(told).isLessThanOrEqualTo(FEW_STEPS);
    }
}
