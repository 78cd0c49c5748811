package io.quotaguard;

import io.quotaguard.plan.Entitlements;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import java.time.Instant;

/** What takes calls to their ends, as a {@link CallRun} sees it. */
interface Runner {
    Entitlements entitlements();

    Tally tally();

    String storeName();

    /** Returns the store's time as far as it is known. */
    Instant storeTime();

    /** Says that the call fired alerts. */
    void alertsFired();

    /** Keeps a use that is allowed without the store, to be posted later (R43); false when it cannot. */
    boolean keep(Command posted);

    /** Tells whether the deadline leaves time for a pause after so many faults, and the thread is not to end. */
    boolean canPause(int faults, Deadline deadline);
}
