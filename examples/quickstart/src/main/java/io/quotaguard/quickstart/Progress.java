package io.quotaguard.quickstart;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;

/** A line on which the hours of the replayed day appear as they pass. */
final class Progress implements AutoCloseable {
    private final PrintStream out;
    private final ZoneId zone;
    private final long startedNanos = System.nanoTime();
    private int hour = -1;

    Progress(PrintStream out, ZoneId zone) {
        this.out = out;
        this.zone = zone;
        out.print("replaying");
    }

    void at(Instant time) {
        ZonedDateTime local = time.atZone(zone);
        if (local.getHour() != hour) {
            out.print(local.getHour() < hour ? " | midnight |" : "");
            hour = local.getHour();
            out.printf(Locale.ROOT, " %02d", hour);
            out.flush();
        }
    }

    @Override
    public void close() {
        out.printf(Locale.ROOT, "  (%.1f s)%n", (System.nanoTime() - startedNanos) / 1e9);
    }
}
