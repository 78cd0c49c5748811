package io.quotaguard.testing;

import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * The rules that every store obeys, R1–R46, as tests: a store's own test extends this class and says how to
 * make one.
 *
 * <pre>{@code
 * class MyStoreContractTest extends QuotaStoreContract {
 *     @Override
 *     protected StoreFixture newFixture(Instant start) {
 *         return new MyStoreFixture(start);
 *     }
 * }
 * }</pre>
 */
public abstract class QuotaStoreContract {
    /** Returns a fresh, empty store whose clock stands still at {@code start}; the contract closes it. */
    protected abstract StoreFixture newFixture(Instant start);

    @Nested
    @DisplayName("Admission (R1-R3, R6)")
    class Admission extends AdmissionContract {
        Admission() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Standing and decision (R4-R6)")
    class StandingAndDecision extends StandingContract {
        StandingAndDecision() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Idempotency (R7, R10, R13)")
    class Idempotency extends IdempotencyContract {
        Idempotency() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("What a key stands for (R8, R9)")
    class KeyScope extends KeyScopeContract {
        KeyScope() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Keys of changes (R12)")
    class ChangeKeys extends ChangeKeysContract {
        ChangeKeys() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Commands (R2, R3, R7, R11, R18, R19, R24, R25)")
    class Commands extends CommandContract {
        Commands() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Late posts (R26, R32, R43)")
    class Posts extends PostContract {
        Posts() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Windows (R14-R18)")
    class Windows extends WindowContract {
        Windows() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Midnights that were skipped or came twice (R14, R16, R42)")
    class ClockChanges extends ClockChangeContract {
        ClockChanges() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("The store's clock (R19)")
    class StoreClock extends StoreClockContract {
        StoreClock() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Plan changes (R20-R23, R25)")
    class PlanChanges extends PlanChangeContract {
        PlanChanges() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Plans from first to last (R4, R12, R17, R20-R23)")
    class PlanLifecycle extends PlanLifecycleContract {
        PlanLifecycle() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Previews (R20, R21, R29, R30)")
    class Previews extends PreviewContract {
        Previews() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Meters (R1, R7, R13, R25)")
    class Meters extends MeterContract {
        Meters() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Freshness (R25)")
    class Freshness extends FreshnessContract {
        Freshness() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Races of administrators (R20-R23, R25)")
    class CatalogRaces extends CatalogRaceContract {
        CatalogRaces() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Overrides (R24)")
    class Overrides extends OverrideContract {
        Overrides() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Overrides of the reset period (R17, R24)")
    class OverridePeriods extends OverridePeriodContract {
        OverridePeriods() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Terms of subscriptions (R4, R20, R21, R24)")
    class Terms extends TermContract {
        Terms() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Terms on every clock and node (R18, R19, R25, R44)")
    class TermClock extends TermClockContract {
        TermClock() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Renewal and cancellation (R15, R16, R18, R21)")
    class Renewals extends RenewalContract {
        Renewals() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Keys of terms (R12)")
    class TermKeys extends TermKeysContract {
        TermKeys() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Overage (R41)")
    class OverLimit extends OverageContract {
        OverLimit() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Reservations (R31, R34, R35)")
    class Reservations extends ReservationContract {
        Reservations() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("The time of reservations (R32, R35, R36)")
    class ReservationTimes extends ReservationTimeContract {
        ReservationTimes() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("What is spent of a hold (R7, R35, R42)")
    class Spendings extends SpendContract {
        Spendings() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("What a reservation stands for (R7-R9, R34, R40)")
    class ReservationScope extends ReservationScopeContract {
        ReservationScope() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Races for a reservation (R1, R7, R34, R35, R40)")
    class SettleRaces extends SettleRaceContract {
        SettleRaces() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Corrections (R8, R12, R29, R32, R37)")
    class Corrections extends CorrectionContract {
        Corrections() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Grants (R4, R23, R26, R30, R38, R39, R41)")
    class Grants extends GrantContract {
        Grants() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Grants and their ledger (R12, R25, R37, R38, R42, R44)")
    class GrantLedger extends GrantLedgerContract {
        GrantLedger() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Pools (R1, R3, R7, R8, R18, R37, R40)")
    class Pools extends PoolContract {
        Pools() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Memberships of pools (R12, R25, R40, R42, R44)")
    class Memberships extends MembershipContract {
        Memberships() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Credits (R1, R3, R6, R34, R37, R38, R40)")
    class Credits extends CreditContract {
        Credits() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Many uses at once (R1, R11, R25, R45)")
    class Bulk extends BulkContract {
        Bulk() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Leases (R1, R6-R8, R13, R14, R25, R27, R31, R34, R36, R40-R42)")
    class Leases extends LeaseContract {
        Leases() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("What is left (R1, R2, R4, R7, R8, R34, R38, R40, R41)")
    class UpTo extends UpToContract {
        UpTo() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Alerts (R26-R28, R31)")
    class Alerts extends AlertContract {
        Alerts() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Re-arming (R29, R30)")
    class Rearming extends RearmContract {
        Rearming() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Delivery (R33)")
    class Delivery extends DeliveryContract {
        Delivery() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Parked alerts (R33)")
    class Parking extends ParkingContract {
        Parking() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Failures (R43, R45)")
    class Failures extends FailureContract {
        Failures() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Open failure policy (R43)")
    class OpenPolicy extends OpenPolicyContract {
        OpenPolicy() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Ledger (R42)")
    class Ledger extends LedgerContract {
        Ledger() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Reads of the ledger (R16, R38, R40, R41, R42)")
    class Reads extends ReadsContract {
        Reads() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Sums of the largest amounts (R6, R42)")
    class LargeSums extends LargeSumContract {
        LargeSums() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Maintenance (R10, R36, R37, R42)")
    class Upkeep extends MaintenanceContract {
        Upkeep() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Audit (R44)")
    class Audit extends AuditContract {
        Audit() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Plans of a file (R4, R12, R17, R23)")
    class PlansOfAFile extends PlansFileContract {
        PlansOfAFile() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Names (R46)")
    class NamesAsData extends NamesContract {
        NamesAsData() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Concurrency (R1, R3, R7, R28)")
    class Concurrency extends ConcurrencyContract {
        Concurrency() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Races (R14, R18, R25, R42, R45)")
    class Races extends RaceContract {
        Races() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("What sequences found (R6, R31, R34, R37)")
    class Found extends FoundContract {
        Found() {
            super(QuotaStoreContract.this::newFixture);
        }
    }

    @Nested
    @DisplayName("Sequences (R1-R42)")
    class Sequences extends SequenceContract {
        Sequences() {
            super(QuotaStoreContract.this::newFixture);
        }
    }
}
