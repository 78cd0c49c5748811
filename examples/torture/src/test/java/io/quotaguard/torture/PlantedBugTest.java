package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.spi.AlertStore;
import io.quotaguard.torture.PlantedStore.Bug;
import io.quotaguard.torture.check.Books;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.check.Invariant;
import io.quotaguard.torture.check.Violation;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The checker finds the bugs that a store can have, and none in one that has none")
class PlantedBugTest {
    private static final int CALLS = 3_000;
    /** So many that limits are reached between two changes. */
    private static final int CALLS_OF_A_PLAN = 150;

    @TempDir
    Path folder;

    /** A bug, and the promises of which it breaks at least one. */
    @SuppressWarnings("ImmutableEnumChecker") // its parts are never changed
    enum Planted {
        CHECK_THEN_ACT(Bugs::checkThenAct, Invariant.A1),
        LOST_DEDUPE(Bugs::lostDedupe, Invariant.B1),
        DOUBLE_APPLY(Bugs::doubleApply, Invariant.B1),
        STALE_PLAN(Bugs::stalePlan, Invariant.D1),
        WRONG_WINDOW(Bugs::wrongWindow, Invariant.C1),
        LOST_ALERT(Bugs::lostAlert, Invariant.E1),
        DUPLICATED_ALERT(Bugs::none, Invariant.E1),
        LOST_ALERTS_NOW_AND_THEN(Bugs::none, Invariant.E1),
        PHANTOM_ALERT(Bugs::none, Invariant.E1),
        ALERT_OF_A_NEW_GENERATION(Bugs::none, Invariant.E1),
        HALF_BATCH(Bugs::halfBatch, Invariant.A4),
        REFUSED_THOUGH_ROOM(Bugs::refusedThoughRoom, Invariant.A3),
        ALLOWED_WITHOUT_ROW(Bugs::allowedWithoutRow, Invariant.A2),
        ROW_WITHOUT_ALLOW(Bugs::rowWithoutAllow, Invariant.B4),
        UNAVAILABLE_THAT_COUNTED(Bugs::unavailableThatCounted, Invariant.B4),
        CONFLICT_THAT_COUNTED(Bugs::conflictThatCounted, Invariant.B1, Invariant.B2),
        WRONG_AMOUNT(Bugs::wrongAmount, Invariant.A2),
        OVER_BY_ONE(Bugs::overByOne, Invariant.A1),
        OTHER_ANSWER_TO_REPLAY(Bugs::otherAnswerToReplay, Invariant.B1),
        REPLAYED_AS_NEW(Bugs::replayedAsNew, Invariant.B1),
        HOLDS_BEYOND_THE_LIMIT(Bugs::holdsBeyondTheLimit, Invariant.A1),
        HELD_AGAIN(Bugs::heldAgain, Invariant.B1),
        CONFLICT_OF_A_HOLD_HELD(Bugs::conflictOfAHoldHeld, Invariant.B2),
        USE_IGNORES_HOLDS(Bugs::useIgnoresHolds, Invariant.A1),
        SPENT_SLICES_NOT_COUNTED(Bugs::spentSlicesNotCounted, Invariant.A1),
        LOST_POST(Bugs::lostPost, Invariant.A2),
        COMMITTED_TWICE(Bugs::committedTwice, Invariant.H1),
        CORRECTED_TWICE(Bugs::correctedTwice, Invariant.K1),
        UNTYPED_EXCEPTION(Bugs::untypedException, Invariant.B3),
        UNTYPED_ERROR(Bugs::untypedError, Invariant.B3),
        NEVER_ANSWERED(Bugs::neverAnswered, Invariant.B4),
        DROPPED_DELIVERY(Bugs::none, Invariant.E2),
        PHANTOM_DELIVERY(Bugs::none, Invariant.E2),
        LOST_ROW(Bugs::none, Invariant.A2),
        DRIFTING_COUNTER(Bugs::none, Invariant.A2);

        private final Supplier<Bug> bug;
        private final Set<Invariant> broken;

        Planted(Supplier<Bug> bug, Invariant... broken) {
            this.bug = bug;
            this.broken = Set.of(broken);
        }

        UnaryOperator<AlertStore> outbox() {
            return switch (this) {
                case DROPPED_DELIVERY -> PlantedOutbox::dropping;
                case PHANTOM_DELIVERY -> PlantedOutbox::inventing;
                default -> store -> store;
            };
        }

        UnaryOperator<Books> books() {
            return switch (this) {
                case DUPLICATED_ALERT -> PlantedBooks::alertTwice;
                case LOST_ALERTS_NOW_AND_THEN -> PlantedBooks::withoutEachFifthAlertOfAChain;
                case PHANTOM_ALERT -> PlantedBooks::phantomAlert;
                case ALERT_OF_A_NEW_GENERATION -> PlantedBooks::alertOfANewGeneration;
                case LOST_ROW -> PlantedBooks::withoutARow;
                case DRIFTING_COUNTER -> PlantedBooks::countedOneMore;
                default -> PlantedBooks::unmarked;
            };
        }
    }

    private Findings run(Bug bug, UnaryOperator<AlertStore> outbox, UnaryOperator<Books> books) throws Exception {
        InMemoryQuotaStore store = new InMemoryQuotaStore();
        return new InProcess(new PlantedStore(store, bug, outbox.apply(store.alerts())), store, CALLS_OF_A_PLAN)
                .run(folder, CALLS, InProcess.seed(7), books);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("A1-E1: a planted bug is found, and told as a story")
    void planted(Planted planted) throws Exception {
        Findings findings = run(planted.bug.get(), planted.outbox(), planted.books());

        assertThat(findings.counts().keySet()).as("%s", findings.violations()).containsAnyElementsOf(planted.broken);
        Violation violation = findings.violations().stream()
                .filter(found -> planted.broken.contains(found.invariant()))
                .findFirst()
                .orElseThrow();
        assertThat(violation.headline()).isNotBlank();
    }

    @Test
    @DisplayName("A1-E1: a store without bugs has nothing to be found, though answers are lost")
    void correct() throws Exception {
        Findings findings = run(Bugs.none(), outbox -> outbox, books -> books);

        assertThat(findings.violations()).isEmpty();
        assertThat(findings.figures())
                .containsKeys("refusals", "conflicts", "holds", "corrections", "alerts", "alerts delivered");
    }
}
