package io.quotaguard.simulation;

import io.quotaguard.Reservation;
import io.quotaguard.model.IdempotencyConflictException;
import io.quotaguard.model.OutcomeUnknownException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.Usage;
import java.time.Duration;

/** What callers ask of a node; the books take what they are told. */
final class Callers {
    private final World world;
    private final Books books;

    Callers(World world, Books books) {
        this.world = world;
        this.books = books;
    }

    static void tolerate(Runnable call) {
        try {
            call.run();
        } catch (QuotaException e) {
            // Whatever a host is told by a call that is not looked at.
        }
    }

    void use(Node node, Usage usage) {
        int begun = books.limitsSeen();
        boolean before = books.isAllowed(usage);
        books.asked(usage);
        try {
            books.told(usage, node.quota().checkAndRecord(usage), begun, before);
        } catch (OutcomeUnknownException e) {
            books.unknown(usage);
        } catch (QuotaUnavailableException e) {
            books.unavailable(usage);
        } catch (IdempotencyConflictException e) {
            books.conflict(usage);
        } finally {
            books.answered(usage);
        }
    }

    /** Asks for something else with a key that others had. */
    void conflict(Node node, Usage usage) {
        Usage other = usage.amount(usage.amount() + 1);
        books.asked(other);
        try {
            books.toldOfOther(other, node.quota().checkAndRecord(other));
        } catch (OutcomeUnknownException e) {
            books.late(String.valueOf(usage.key()));
        } catch (IdempotencyConflictException | QuotaUnavailableException e) {
            // As it should be, or not recorded.
        } finally {
            books.answered(other);
        }
    }

    void lease(Node node, Usage usage) {
        try {
            books.toldOfLeased(node.number(), node.quota().checkAndRecord(usage));
        } catch (OutcomeUnknownException | QuotaUnavailableException e) {
            // It may be recorded, and nobody says so.
        }
    }

    void hold(Node node, String subject) {
        tolerate(() -> {
            Usage usage = Usage.of(subject, World.COUNTED).amount(1 + world.below(4));
            Reservation held = node.quota().reserve(usage, Duration.ofMinutes(30));
            world.meanwhile();
            if (world.chance(0.5)) {
                held.commit();
            } else if (world.chance(0.5)) {
                held.release();
            }
        });
    }
}
