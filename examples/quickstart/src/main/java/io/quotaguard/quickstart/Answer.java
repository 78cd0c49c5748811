package io.quotaguard.quickstart;

import io.quotaguard.model.Decision;
import io.quotaguard.model.Verdict;
import java.util.Optional;

/**
 * What became of one request.
 *
 * @param line the request
 * @param kind in one word
 * @param decision what the guard said; empty when it was not asked, refused to decide because of a conflict, or decided on
 *     work that failed
 * @param refund what was given back at once, because some of the work failed
 */
record Answer(LogLine line, Kind kind, Optional<Decision> decision, Optional<Decision> refund) {

    /** What became of a request, in one word. */
    enum Kind {
        /** There was room; it was counted and the work was done. */
        ALLOWED,
        /** There was no room; nothing was counted. */
        REFUSED,
        /** The retry of an allowed request: the same answer, nothing counted again. */
        REPLAYED,
        /** A key that had been used for another request; nothing was counted. */
        CONFLICT,
        /** There was room, but the work failed; what was held for it was released, and nothing was counted. */
        FAILED,
        /** Not a use but a change of the account. */
        ACCOUNT
    }

    static Answer of(LogLine line, Decision decision) {
        Kind kind = decision.replayed() ? Kind.REPLAYED : decision.allowed() ? Kind.ALLOWED : Kind.REFUSED;
        return new Answer(line, kind, Optional.of(decision), Optional.empty());
    }

    static Answer of(LogLine line, Publication publication) {
        return new Answer(
                line, of(line, publication.charge()).kind(), Optional.of(publication.charge()), publication.refund());
    }

    static Answer conflict(LogLine line) {
        return new Answer(line, Kind.CONFLICT, Optional.empty(), Optional.empty());
    }

    static Answer failed(LogLine line) {
        return new Answer(line, Kind.FAILED, Optional.empty(), Optional.empty());
    }

    static Answer account(LogLine line) {
        return new Answer(line, Kind.ACCOUNT, Optional.empty(), Optional.empty());
    }

    /** Returns what was decided for the one who asked; the other verdict of a member is about the team's pool. */
    Optional<Verdict> ownVerdict() {
        return decision.map(Decision::use);
    }
}
