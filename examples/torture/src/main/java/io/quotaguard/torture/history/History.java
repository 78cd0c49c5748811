package io.quotaguard.torture.history;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The calls of all processes, in the order in which they began, and what their listeners were given.
 *
 * @param calls those whose process did not live to see their end included
 * @param deliveries in the order of their time
 */
public record History(List<Call> calls, List<Delivery> deliveries, TimeLine timeLine) {
    /** The node whose calls were made when all servers were there again and nobody else called. */
    public static final String HEALED = "healed";

    private static final int INVOKED_FIELDS = 7;
    private static final int ENDED_FIELDS = 8;
    private static final int DELIVERED_FIELDS = 11;

    /** Reads the files of all processes; each file is a node by its name. */
    public static History read(Collection<Path> files) throws IOException {
        Reading reading = new Reading();
        for (Path file : files) {
            reading.read(file);
        }
        reading.calls.sort(Comparator.comparingLong(Call::invokedNanos));
        reading.deliveries.sort(Comparator.comparingLong(Delivery::nanos));
        return new History(
                List.copyOf(reading.calls), List.copyOf(reading.deliveries), new TimeLine(reading.least, reading.most));
    }

    /** Collects what stands in the files. */
    private static final class Reading {
        private final List<Call> calls = new ArrayList<>();
        private final List<Delivery> deliveries = new ArrayList<>();
        private long least = Long.MAX_VALUE;
        private long most = Long.MIN_VALUE;

        void read(Path file) throws IOException {
            String node = file.getFileName().toString();
            Map<Long, Call> begun = new HashMap<>();
            try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    take(node, begun, line.split("\t", -1));
                }
            }
            calls.addAll(begun.values());
        }

        /** A line that a kill cut short has too few fields; what it would have said is not known. */
        private void take(String node, Map<Long, Call> begun, String[] fields) {
            if (fields[0].equals(HistoryLines.CLOCK) && fields.length == 3) {
                long ahead = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(fields[2])) - Long.parseLong(fields[1]);
                least = Math.min(least, ahead);
                most = Math.max(most, ahead);
            } else if (fields[0].equals(HistoryLines.INVOKED) && fields.length == INVOKED_FIELDS) {
                Call call = HistoryLines.parseInvoked(node, fields);
                begun.put(call.number(), call);
            } else if (fields[0].equals(HistoryLines.DELIVERED) && fields.length == DELIVERED_FIELDS) {
                deliveries.add(HistoryLines.parseDelivered(node, fields));
            } else if (fields[0].equals(HistoryLines.ENDED) && fields.length == ENDED_FIELDS) {
                Call call = begun.remove(Long.parseLong(fields[1]));
                if (call != null) {
                    Call.End end = HistoryLines.parseEnded(fields);
                    calls.add(new Call(
                            call.node(),
                            call.number(),
                            call.invokedNanos(),
                            call.kind(),
                            end.key(),
                            call.target(),
                            call.items(),
                            end));
                }
            }
        }
    }
}
