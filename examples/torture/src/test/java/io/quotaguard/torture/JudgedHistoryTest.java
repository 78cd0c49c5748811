package io.quotaguard.torture;

import static io.quotaguard.torture.ToldHistory.EVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Window;
import io.quotaguard.torture.check.Invariant;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Histories of a few calls, each beside the same without its flaw")
class JudgedHistoryTest {
    private final ToldHistory history = new ToldHistory();

    private void isRight() {
        assertThat(history.check().violations()).isEmpty();
    }

    private void breaks(Invariant invariant) {
        assertThat(history.check().counts()).containsOnlyKeys(invariant);
    }

    private void hold(String key, long amount, long from, long until) {
        history.call(CallKind.RESERVE, key, null, amount, from, from + 10, Ending.OK, false, 0, until);
    }

    private void commit(String key, long amount, long from, Ending ending) {
        history.call(CallKind.COMMIT, "", key, amount, from, from + 10, ending);
        if (ending == Ending.OK) {
            history.row(Operation.COMMIT, key, EVER, amount, from + 5, null);
        }
    }

    @Test
    @DisplayName("H1: a hold may be committed until it expires")
    void commitInTime() {
        hold("a", 20, 100, 1_100);
        commit("a", 20, 1_080, Ending.OK);
        isRight();
    }

    @Test
    @DisplayName("H1: a hold is not committed after it has expired")
    void lateCommit() {
        hold("a", 20, 100, 1_100);
        commit("a", 20, 1_150, Ending.OK);
        breaks(Invariant.H1);
    }

    @Test
    @DisplayName("H1: a commit is not written after the hold has expired, though it was asked for before")
    void lateRow() {
        hold("a", 20, 100, 1_100);
        history.call(CallKind.COMMIT, "", "a", 20, 1_000, 1_300, Ending.OK);
        history.row(Operation.COMMIT, "a", EVER, 20, 1_200, null);
        breaks(Invariant.H1);
    }

    @Test
    @DisplayName("A1: commits do not go beyond the largest limit that there was")
    void commitsBeyondTheLimit() {
        hold("a", 30, 100, 1_100);
        commit("a", 30, 200, Ending.OK);
        history.call(CallKind.RESERVE, "b", null, 5, 90, 2_000, Ending.UNKNOWN);
        commit("b", 5, 2_010, Ending.OK);
        breaks(Invariant.A1);
    }

    @Test
    @DisplayName("B1: the same hold asked for again is the same hold")
    void reservedAgain() {
        hold("a", 20, 100, 1_100);
        history.call(CallKind.RESERVE, "a", null, 20, 200, 210, Ending.OK, true, 0, 1_100);
        history.call(CallKind.RESERVE, "a", null, 21, 300, 310, Ending.CONFLICT);
        isRight();
    }

    @Test
    @DisplayName("B1: one key does not hold twice")
    void reservedTwice() {
        hold("a", 10, 100, 1_100);
        hold("a", 10, 200, 1_200);
        breaks(Invariant.B1);
    }

    @Test
    @DisplayName("B2: one key does not hold two amounts")
    void reservedForTwo() {
        hold("a", 10, 100, 1_100);
        history.call(CallKind.RESERVE, "a", null, 11, 200, 210, Ending.OK, true, 0, 1_100);
        breaks(Invariant.B2);
    }

    @Test
    @DisplayName("C1: windows of one counter do not overlap")
    void overlapping() {
        Window other = new Window(Instant.ofEpochMilli(50), null);
        history.used("a", 10, 100, 110);
        history.call(CallKind.USE, "b", null, 10, 200, 210, Ending.UNKNOWN);
        history.row(Operation.RECORD, "b", other, 10, 205, null);
        breaks(Invariant.C1);
    }

    @Test
    @DisplayName("C1: rows of one counter are dated in their order")
    void datedBack() {
        history.call(CallKind.USE, "a", null, 1, 100, 500, Ending.UNKNOWN);
        history.call(CallKind.USE, "b", null, 1, 100, 500, Ending.UNKNOWN);
        history.row(Operation.RECORD, "a", EVER, 1, 300, null);
        history.row(Operation.RECORD, "b", EVER, 1, 200, null);
        breaks(Invariant.C1);
    }

    @Test
    @DisplayName("B1: the same use is no conflict once it is known to count")
    void wrongConflict() {
        history.used("a", 1, 100, 110);
        history.call(CallKind.USE, "a", null, 2, 200, 210, Ending.UNKNOWN);
        history.call(CallKind.USE, "a", null, 1, 300, 310, Ending.CONFLICT);
        breaks(Invariant.B1);
    }

    @Test
    @DisplayName("B2: while another use with its key may count, it may be a conflict")
    void possibleConflict() {
        history.call(CallKind.USE, "a", null, 2, 100, 110, Ending.UNKNOWN);
        history.call(CallKind.USE, "a", null, 1, 300, 310, Ending.CONFLICT);
        isRight();
    }

    @Test
    @DisplayName("H1: a hold that nobody has ended and that has time left is there to be committed")
    void rejectedCommit() {
        hold("a", 20, 100, 1_100);
        commit("a", 20, 1_050, Ending.REJECTED);
        breaks(Invariant.H1);
    }

    @Test
    @DisplayName("H1: a hold that may have expired need not be committed, nor one that may have been released")
    void rightlyRejectedCommit() {
        hold("a", 10, 100, 1_100);
        commit("a", 10, 1_095, Ending.REJECTED);
        hold("b", 10, 100, 1_100);
        history.call(CallKind.RELEASE, "", "b", 10, 300, 2_000, Ending.UNKNOWN);
        commit("b", 10, 400, Ending.REJECTED);
        isRight();
    }

    @Test
    @DisplayName("K1: a use that is there can be corrected")
    void rejectedCorrection() {
        history.used("a", 5, 100, 110);
        history.call(CallKind.CORRECT, "c", "a", 2, 200, 210, Ending.REJECTED);
        breaks(Invariant.K1);
    }

    @Test
    @DisplayName("K1: no more can be taken back than may be left of a use")
    void rightlyRejectedCorrection() {
        history.used("a", 5, 100, 110);
        history.call(CallKind.CORRECT, "b", "a", 4, 200, 210, Ending.UNKNOWN);
        history.call(CallKind.CORRECT, "c", "a", 2, 300, 310, Ending.REJECTED);
        isRight();
    }

    @Test
    @DisplayName("K1: a correction takes back of the use that it names")
    void correctedAnother() {
        history.used("a", 5, 100, 110);
        history.used("b", 5, 120, 130);
        history.call(CallKind.CORRECT, "c", "b", 2, 200, 210, Ending.OK);
        history.row(Operation.CORRECT, "c", EVER, -2, 205, 1L);
        breaks(Invariant.K1);
    }

    @Test
    @DisplayName("A2: a loss takes the newest uses of a counter")
    void tailLost() {
        history.used("a", 5, 100, 110);
        history.told("b", 5, 200, 210).loss(300, 400);
        history.used("c", 5, 500, 510);
        isRight();
    }

    @Test
    @DisplayName("A2: a use is not lost when one that was asked for after its answer is there")
    void holeLost() {
        history.told("a", 5, 100, 110);
        history.used("b", 5, 200, 210).loss(300, 400);
        breaks(Invariant.A2);
    }
}
