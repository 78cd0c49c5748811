package io.quotaguard.redis;

import java.util.function.UnaryOperator;

/** The scripts that a store runs. Immutable. */
final class Scripts {
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

    /** @param source returns a file's text by its name: {@link Script#resource}, but for tests that set the clock */
    Scripts(UnaryOperator<String> source) {
        charge = Script.of(source, Script.CLOCK, "state", "commands", "verify", "decide", "charge");
        begin = Script.of(source, Script.CLOCK, "begin");
        renew = Script.of(source, "renew");
        renewSince = Script.of(source, "renew_since");
        fenceSubject = Script.of(source, Script.CLOCK, "fence_subject");
        loadSubject = Script.of(source, "load_subject");
        freeSubject = Script.of(source, "free_subject");
        fenceRevision = Script.of(source, Script.CLOCK, "fence_revision");
        freeRevision = Script.of(source, "free_revision");
        learnRevision = Script.of(source, "learn_revision");
        inForce = Script.of(source, "in_force");
        removed = Script.of(source, "removed");
    }
}
