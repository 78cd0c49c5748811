package io.quotaguard.redis;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Instants as scripts compute with them: microseconds since 1970. Up to the year 2255 each is exact in Lua; a later one that
 * ends a span is only compared, and rounds to within 32 microseconds.
 */
final class Micros {
    private Micros() {}

    static long of(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    }

    /** Returns the later of two beginnings; one that is null began long ago. */
    static long latest(Instant one, @Nullable Instant other) {
        return other == null || one.isAfter(other) ? of(one) : of(other);
    }

    /** Returns the earlier of two ends; one that is null never comes. */
    static long earliest(@Nullable Instant one, @Nullable Instant other) {
        if (one == null && other == null) {
            return Long.MAX_VALUE;
        } else if (one == null || other == null) {
            return of(one == null ? Objects.requireNonNull(other) : one);
        }
        return of(one.isBefore(other) ? one : other);
    }
}
