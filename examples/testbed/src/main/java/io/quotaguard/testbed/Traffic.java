package io.quotaguard.testbed;

import io.quotaguard.testbed.TcpProxy.Moment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a test has ordered for the traffic of a proxy, and what has passed. Every thread of the proxy asks here. */
final class Traffic {

    /** The two ways that bytes go. */
    enum Direction {
        REQUEST,
        REPLY
    }

    /** What is to be done with a request or reply. */
    enum Verdict {
        PASS,
        DROP,
        CUT,
        PASS_THEN_CUT
    }

    private boolean blackHole;
    private boolean dropReplies;
    private Duration oneWayDelay = Duration.ZERO;
    private long bytesPerSecond = Long.MAX_VALUE;
    private long replyBytesBeforeCut = Long.MAX_VALUE;
    private @Nullable Moment awaited;
    private String awaitedText = "";
    private @Nullable ProxiedConnection awaitedReplyOn;
    private int cuts;
    private int heldBack;
    private long bytesToServer;
    private long bytesToClient;

    synchronized void blackHole(boolean on) {
        blackHole = on;
        notifyAll();
    }

    synchronized void dropReplies(boolean on) {
        dropReplies = on;
    }

    synchronized void delay(Duration oneWay) {
        if (oneWay.isNegative()) {
            throw new IllegalArgumentException("A delay cannot be negative: " + oneWay);
        }
        oneWayDelay = oneWay;
        notifyAll();
    }

    synchronized void throttle(long mostBytesPerSecond) {
        if (mostBytesPerSecond < 1) {
            throw new IllegalArgumentException("Not a positive number of bytes: " + mostBytesPerSecond);
        }
        bytesPerSecond = mostBytesPerSecond;
        notifyAll();
    }

    synchronized void cutAfterReplyBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("A number of bytes cannot be negative: " + bytes);
        }
        replyBytesBeforeCut = bytes;
    }

    /** Returns how many of these bytes may pass before the cut that was ordered; all of them when none was. */
    synchronized int beforeCut(Direction direction, int length) {
        if (direction == Direction.REQUEST || replyBytesBeforeCut == Long.MAX_VALUE) {
            return length;
        }
        if (length <= replyBytesBeforeCut) {
            replyBytesBeforeCut -= length;
            return length;
        }
        int passing = (int) replyBytesBeforeCut;
        replyBytesBeforeCut = Long.MAX_VALUE;
        bytesToClient -= length - passing;
        cuts++;
        return passing;
    }

    synchronized void cutNext(Moment moment, String text) {
        awaited = moment;
        awaitedText = text;
        awaitedReplyOn = null;
    }

    synchronized int cuts() {
        return cuts;
    }

    synchronized int heldBack() {
        return heldBack;
    }

    synchronized long bytesToServer() {
        return bytesToServer;
    }

    synchronized long bytesToClient() {
        return bytesToClient;
    }

    /** A connection has closed, so whoever holds back its bytes need wait no longer. */
    synchronized void wakeAll() {
        notifyAll();
    }

    /** Holds the caller back as ordered, then says what to do with these bytes; counts them if they are to pass. */
    synchronized Verdict judge(ProxiedConnection connection, Direction direction, byte[] bytes, int length)
            throws InterruptedException {
        heldBack++;
        try {
            awaitDelay(connection::isOpen, length);
            awaitNoBlackHole(connection::isOpen);
        } finally {
            heldBack--;
        }
        Verdict verdict = verdict(connection, direction, bytes, length);
        if (verdict == Verdict.CUT || verdict == Verdict.PASS_THEN_CUT) {
            awaited = null;
            awaitedReplyOn = null;
            cuts++;
        }
        if (verdict == Verdict.PASS || verdict == Verdict.PASS_THEN_CUT) {
            bytesToServer += direction == Direction.REQUEST ? length : 0;
            bytesToClient += direction == Direction.REPLY ? length : 0;
        }
        return verdict;
    }

    synchronized void awaitNoBlackHole(BooleanSupplier open) throws InterruptedException {
        while (blackHole && open.getAsBoolean()) {
            wait();
        }
    }

    private void awaitDelay(BooleanSupplier open, int length) throws InterruptedException {
        long startNanos = System.nanoTime();
        long leftNanos = delayNanos(length);
        while (leftNanos > 0 && open.getAsBoolean()) {
            TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
            leftNanos = delayNanos(length) - (System.nanoTime() - startNanos);
        }
    }

    private long delayNanos(int length) {
        long slowness = bytesPerSecond == Long.MAX_VALUE ? 0 : TimeUnit.SECONDS.toNanos(length) / bytesPerSecond;
        return oneWayDelay.toNanos() + slowness;
    }

    private Verdict verdict(ProxiedConnection connection, Direction direction, byte[] bytes, int length) {
        if (direction == Direction.REPLY && awaitedReplyOn == connection) {
            return Verdict.CUT;
        }
        boolean replyIsAwaited = awaitedReplyOn != null && awaitedReplyOn.isOpen();
        if (awaited != null && !replyIsAwaited && isAwaited(direction, awaited, bytes, length)) {
            switch (awaited) {
                case BEFORE_REQUEST, BEFORE_REPLY -> {
                    return Verdict.CUT;
                }
                case AFTER_REQUEST -> {
                    return Verdict.PASS_THEN_CUT;
                }
                case BEFORE_REPLY_TO -> awaitedReplyOn = connection;
            }
        }
        return direction == Direction.REPLY && dropReplies ? Verdict.DROP : Verdict.PASS;
    }

    /** One character per byte keeps any binary protocol as it is, and ASCII in it readable. */
    private boolean isAwaited(Direction direction, Moment moment, byte[] bytes, int length) {
        Direction wanted = moment == Moment.BEFORE_REPLY ? Direction.REPLY : Direction.REQUEST;
        return direction == wanted && new String(bytes, 0, length, StandardCharsets.ISO_8859_1).contains(awaitedText);
    }
}
