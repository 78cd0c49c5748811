package io.quotaguard.planted;

import static io.quotaguard.planted.PlantedBugsTest.failures;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.planted.PlantedBugsTest.BehindContract;
import io.quotaguard.testing.DelegatingStore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Bugs planted in holds, corrections, grants and pools")
class PlantedVocabularyTest {
    static final class NoBug extends BehindContract {
        NoBug() {
            super(DelegatingStore::new);
        }
    }

    static final class LeakyHold extends BehindContract {
        LeakyHold() {
            super(LeakyHoldStore::new);
        }
    }

    static final class LateExpiry extends BehindContract {
        LateExpiry() {
            super(LateExpiryStore::new);
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

    static final class OneLevel extends BehindContract {
        OneLevel() {
            super(OneLevelStore::new);
        }
    }

    @Test
    @DisplayName("none: the wrapper alone fails nothing, so what fails below fails because of the bug")
    void noBug() {
        assertThat(failures(
                        NoBug.class,
                        "Reservations",
                        "ReservationTimes",
                        "ReservationScope",
                        "SettleRaces",
                        "Corrections",
                        "Grants",
                        "GrantLedger",
                        "Pools",
                        "Memberships",
                        "Credits",
                        "UpTo"))
                .isEmpty();
    }

    @Test
    @DisplayName("a hold that leaks when the work throws is caught: its units are not free again")
    void leakyHold() {
        assertThat(failures(LeakyHold.class, "Reservations", "ReservationTimes", "ReservationScope", "SettleRaces"))
                // The races fail too, but only in a run in which a release comes first.
                .contains("close", "afterRelease", "callReleases", "everyLevel", "movedMember")
                .doesNotContain("exactEnd", "commitOfLess");
    }

    @Test
    @DisplayName("a hold that still counts at its end is caught, be it by a microsecond")
    void lateExpiry() {
        assertThat(failures(LateExpiry.class, "Reservations", "ReservationTimes", "Grants"))
                .contains("exactEnd", "exactEndForReads", "lateCommit", "afterTheEnd", "extend")
                .doesNotContain("commitOfAll", "close", "expiry");
    }

    @Test
    @DisplayName("a correction into the wrong window is caught: the current window has room that it should not have")
    void currentWindow() {
        assertThat(failures(CurrentWindow.class, "Corrections", "GrantLedger"))
                .contains("closedWindow")
                .doesNotContain("severalCorrections", "rearms");
    }

    @Test
    @DisplayName("a grant that is used twice for one use is caught: what is left is too little")
    void grantTwice() {
        assertThat(failures(GrantTwice.class, "Grants", "GrantLedger"))
                .contains("outlivesResets", "expiry", "orderOfUse", "plansComeAndGo", "giveAgain", "racing")
                .doesNotContain("unlimitedAndZero", "voidOfNothing", "ownGrantsOnly");
    }

    @Test
    @DisplayName("a level that is skipped is caught: the team has more than its plan says, and the credits are free")
    void oneLevel() {
        assertThat(failures(OneLevel.class, "Pools", "Memberships", "Credits", "ReservationScope"))
                .contains("everyLevel", "refusalAtAnyLevel", "twoMembersInOneCall", "racing", "rates", "tooFewCredits")
                .doesNotContain("circles", "faultyPlans", "retry");
    }
}
