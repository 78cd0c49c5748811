package io.quotaguard.usage;

import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.LedgerStore;
import java.time.Duration;
import java.time.ZoneId;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What this room needs of the house.
 *
 * @param ledger what is read
 * @param timeout how long one call may take in all (R45)
 * @param zones a subject's own time zone
 * @param check whether a use would fit
 * @param correct takes back some of an earlier use
 */
public record UsageAccess(
        LedgerStore ledger,
        Duration timeout,
        Function<String, ZoneId> zones,
        Function<Usage, Decision> check,
        BiFunction<Correction, Change, Decision> correct) {}
