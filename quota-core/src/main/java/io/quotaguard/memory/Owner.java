package io.quotaguard.memory;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Line;

/** Whose counters: one subject's one feature. Immutable; ordered like lines, which is the order of locking. */
record Owner(String subject, String feature) implements Comparable<Owner> {

    static Owner of(Line line) {
        return new Owner(line.subject(), line.feature());
    }

    @Override
    public int compareTo(Owner other) {
        int bySubject = subject.compareTo(other.subject);
        return bySubject != 0 ? bySubject : feature.compareTo(other.feature);
    }

    /** Made of the hashes that the two strings keep anyway. */
    @Override
    public int hashCode() {
        return 31 * subject.hashCode() + feature.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Owner owner && subject.equals(owner.subject) && feature.equals(owner.feature);
    }

    @Override
    public String toString() {
        return InvalidQuotaArgumentException.escape(subject) + " / " + InvalidQuotaArgumentException.escape(feature);
    }
}
