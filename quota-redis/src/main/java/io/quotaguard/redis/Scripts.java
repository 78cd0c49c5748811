package io.quotaguard.redis;

import java.util.function.UnaryOperator;

/** The scripts that a store runs. Immutable. */
final class Scripts {
    private static final String LINEAGE = "lineage";

    final Script charge;
    final Script begin;
    final Script renew;
    final Script renewSince;
    final Script fenceSubject;
    final Script loadSubject;
    final Script freeSubject;
    final Script fenceRevision;
    final Script freeRevision;
    final Script learnRevision;
    final Script inForce;
    final Script removed;
    final Script replicas;
    final Script setAside;
    final Script openBooks;
    final Script writeBooks;
    final Script crossOut;

    /** @param source returns a file's text by its name: {@link Script#resource}, but for tests that set the clock */
    Scripts(UnaryOperator<String> source) {
        charge = Script.of(source, Script.CLOCK, LINEAGE, "state", "commands", "verify", "decide", "charge");
        begin = Script.of(source, Script.CLOCK, LINEAGE, "begin");
        renew = Script.of(source, "renew");
        renewSince = Script.of(source, "renew_since");
        fenceSubject = Script.of(source, Script.CLOCK, LINEAGE, "fence_subject");
        loadSubject = Script.of(source, "load_subject");
        freeSubject = Script.of(source, "free_subject");
        fenceRevision = Script.of(source, Script.CLOCK, "fence_revision");
        freeRevision = Script.of(source, "free_revision");
        learnRevision = Script.of(source, "learn_revision");
        inForce = Script.of(source, LINEAGE, "in_force");
        removed = Script.of(source, "removed");
        replicas = Script.of(source, LINEAGE, "replicas");
        setAside = Script.of(source, "set_aside");
        openBooks = Script.of(source, "open_books");
        writeBooks = Script.of(source, Script.CLOCK, LINEAGE, "write_books");
        crossOut = Script.of(source, LINEAGE, "cross_out");
    }
}
