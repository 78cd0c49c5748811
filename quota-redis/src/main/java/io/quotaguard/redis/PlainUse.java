package io.quotaguard.redis;

import io.quotaguard.model.Limit;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A use or a check that a script decides: all its lines are of one shard, and no grants are involved. Used by one thread.
 */
final class PlainUse {
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] CHECK = Ascii.of("C");
    private static final byte[] USE = Ascii.of("R");
    private static final byte[] NEW_USE = Ascii.of("N");

    private final Command command;
    private final int shard;
    private final List<byte[]> arguments = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private @Nullable HeldUp heldUp;
    private @Nullable HeldUp before;

    /**
     * Why it has to be sent again.
     *
     * @param subject what is to be loaded first
     * @param outdated the revision that will not do, or nothing when any will
     */
    record HeldUp(String subject, String outdated) {}

    private PlainUse(Command command, int shard, Shards shards) {
        this.command = command;
        this.shard = shard;
        boolean records = command.operation() == Operation.RECORD;
        arguments.add(records ? USE : CHECK);
        arguments.add(records ? Ascii.of(command.fingerprint().value()) : NOTHING);
        arguments.add(records ? end(command) : NOTHING);
        arguments.add(records ? UseBytes.write(command) : NOTHING);
        arguments.add(Ascii.of(command.lines().size()));
        for (Line line : command.lines()) {
            add(line, shards);
            if (records && line.origin() == null) {
                keys.add(shards.useKey(shard, command.identity(line)));
            }
        }
    }

    /** Returns the command as a script decides it, or null when only the store behind this one can. */
    static @Nullable PlainUse of(Command command, Shards shards) {
        if (command.operation() != Operation.RECORD && command.operation() != Operation.CHECK) {
            return null;
        }
        for (Line line : command.lines()) {
            if (line.terms().granted()) {
                return null;
            }
        }
        int shard = shards.of(command);
        return shard < 0 ? null : new PlainUse(command, shard, shards);
    }

    private void add(Line line, Shards shards) {
        Terms terms = line.terms();
        keys.add(shards.subjectKey(shard, line.subject()));
        arguments.add(Ascii.of(line.origin() == null));
        arguments.add(Ascii.of(line.amount()));
        arguments.add(Ascii.of(terms.version().subject()));
        arguments.add(Ascii.of(text(line.feature(), terms)));
    }

    /** Names come last, and hold no line feed (R46); what is before them holds no space. */
    private static String text(String feature, Terms terms) {
        String plan = terms.version().planCode();
        return ceiling(terms)
                + ' '
                + Micros.latest(terms.window().start(), terms.validFrom())
                + ' '
                + Micros.earliest(terms.window().end(), terms.validUntil())
                + ' '
                + terms.version().plan()
                + ' '
                + terms.version().defaultPlan()
                + ' '
                + (plan == null ? "" : plan)
                + '\n'
                + counter(feature, terms.window());
    }

    /** Returns the name of a counter in its subject's hash; no name holds a line feed (R46). */
    static String counter(String feature, Window window) {
        Instant end = window.end();
        return "c" + feature + '\n' + Micros.of(window.start()) + '\n' + (end == null ? "" : Micros.of(end));
    }

    private static String ceiling(Terms terms) {
        Limit ceiling = terms.ceiling();
        return terms.standing() == Standing.GRANTED ? Long.toString(ceiling.units()) : "x";
    }

    private static byte[] end(Command command) {
        Instant last = lastEnd(command);
        return last == null ? NOTHING : Ascii.of(last.toEpochMilli());
    }

    /** Returns when the last of the command's windows ends, or null when one never does. */
    static @Nullable Instant lastEnd(Command command) {
        Instant last = Instant.MIN;
        for (Line line : command.lines()) {
            Instant end = line.terms().window().end();
            if (end == null) {
                return null;
            }
            last = end.isAfter(last) ? end : last;
        }
        return last;
    }

    /** Notes that a subject has to be loaded before it is sent again. */
    void isHeldUp(HeldUp by) {
        heldUp = by;
    }

    /** Returns what has to be loaded before it is sent again; null when nothing has. */
    @Nullable
    HeldUp heldUp() {
        return heldUp;
    }

    /** Notes that it is sent. */
    void isSent() {
        before = heldUp;
        heldUp = null;
    }

    /** Tells whether this is what was loaded before it was sent. */
    boolean wasHeldUp(HeldUp by) {
        return by.equals(before);
    }

    /** From now on the script need not ask whether the store behind this one knows the key. */
    void keyIsNew() {
        arguments.set(0, NEW_USE);
    }

    Command command() {
        return command;
    }

    int shard() {
        return shard;
    }

    List<String> keys() {
        return keys;
    }

    List<byte[]> arguments() {
        return arguments;
    }
}
