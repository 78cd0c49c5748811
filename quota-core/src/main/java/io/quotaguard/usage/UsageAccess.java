package io.quotaguard.usage;

import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.Verdict;
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
 * @param look how a subject stands with a feature now
 * @param correct takes back some of an earlier use
 */
public record UsageAccess(
        LedgerStore ledger,
        Duration timeout,
        Function<String, ZoneId> zones,
        BiFunction<String, String, Verdict> look,
        BiFunction<Correction, Change, Decision> correct) {}
