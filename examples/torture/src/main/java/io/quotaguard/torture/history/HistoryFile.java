package io.quotaguard.torture.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The file into which one process writes its calls. Each event is handed to the operating system before the call goes on, so
 * it outlives a {@code kill -9} of the process: what was begun and has no end is known as such. Safe for use by several
 * threads.
 */
public final class HistoryFile implements AutoCloseable {
    private static final long CLOCK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ONE_MOMENT_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final FileChannel file;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong clockDue = new AtomicLong(System.nanoTime());

    public HistoryFile(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        noteClock(System.nanoTime());
    }

    /** Notes that a call begins, and returns its number. */
    public long invoked(CallKind kind, String key, @Nullable String target, List<Item> items) {
        long number = numbers.incrementAndGet();
        long now = System.nanoTime();
        noteClock(now);
        write(HistoryLines.invoked(number, now, kind, key, target, items));
        return number;
    }

    /** Notes how a call ended. */
    public void ended(long number, Call.End end) {
        write(HistoryLines.ended(number, end));
    }

    /** Notes how far an alert came in the hands of a listener. */
    public void delivered(Delivery delivery) {
        noteClock(System.nanoTime());
        write(HistoryLines.delivered(delivery));
    }

    /**
     * Both clocks are read at one moment now and then, so that the store's instants find their place among the calls, and
     * that a clock that was set meanwhile is seen.
     */
    private void noteClock(long now) {
        long due = clockDue.get();
        if (now - due < 0 || !clockDue.compareAndSet(due, now + CLOCK_EVERY_NANOS)) {
            return;
        }
        long before;
        Instant wall;
        do {
            before = System.nanoTime();
            wall = Instant.now();
        } while (System.nanoTime() - before > ONE_MOMENT_NANOS);
        write(HistoryLines.clock(before, HistoryLines.micros(wall)));
    }

    private void write(String line) {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
        try {
            synchronized (file) {
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
