package io.quotaguard.spi;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;

/**
 * The host's own open transaction, with what a store does in it. Used by one thread at a time, as the transaction is.
 *
 * <p>Whatever is written in it counts when the host commits, all at once, and never was when the host rolls back. The
 * store neither ends the transaction nor changes anything about the host's connection, and asks no other one. Each method
 * refuses, before it does anything, when there is no transaction, or one that the store cannot decide in (R10).
 */
public interface JoinedTransaction {
    /**
     * Carries out one command, with the steps of {@link QuotaStore#execute}, once: what failed cannot be tried again, as
     * the failure may have ended the transaction.
     *
     * @return never {@link Outcome.Unknown}: what is not committed is not recorded, whatever became of the answer
     */
    Outcome execute(Command command, Deadline deadline);

    /**
     * Reads what {@link CatalogStore#load} does.
     *
     * @throws InvalidQuotaArgumentException when there is no transaction that the store can join
     * @throws QuotaUnavailableException when it cannot be read
     */
    SubjectCatalog load(String subject, Deadline deadline);
}
