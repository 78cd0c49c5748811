package io.quotaguard.benchmarks;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** What a floor answers, which asks a server but has it decide nothing: from this JVM's memory. Safe for use by several threads. */
final class KnownAnswers {
    private final Subjects subjects;
    private final AtomicIntegerArray spent;

    KnownAnswers(Subjects subjects) {
        this.subjects = subjects;
        this.spent = new AtomicIntegerArray(subjects.all());
    }

    /** Returns whether the units fit; a subject that has little is asked for the one that it has, and then for more. */
    boolean allows(int subject, long units) {
        return units < Subjects.TOO_MUCH && (subjects.hasRoom(subject) || spent.getAndSet(subject, 1) == 0);
    }
}
