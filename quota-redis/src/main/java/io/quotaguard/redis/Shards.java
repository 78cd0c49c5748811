package io.quotaguard.redis;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The names of all keys, and which subjects share a hash tag: those of one shard. Immutable.
 *
 * <p>The tag is a digest, and stands before any name, so that braces in a name cannot steer a slot. Names come last, one to a
 * key, so that no two keys are the same unless their names are (R46).
 */
final class Shards {
    /** More would make every change of a plan slow, since each shard is told of it. */
    static final int MAX_COUNT = 1024;

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_.-]{1,40}");

    private final String namespace;
    private final List<String> prefixes;

    /**
     * @param namespace keeps the keys of several applications in one Redis apart
     * @param count how many hash tags there are; every node has to say the same
     */
    Shards(String namespace, int count) {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw InvalidQuotaArgumentException.of(
                    "R46", "namespace", namespace, "is not 1 to 40 letters, digits, '_', '.' and '-'");
        }
        if (count < 1 || count > MAX_COUNT) {
            throw InvalidQuotaArgumentException.of("H1", "number of shards", count, "is not in 1 … " + MAX_COUNT);
        }
        this.namespace = namespace;
        this.prefixes = IntStream.range(0, count)
                .mapToObj(shard -> namespace + ":{" + tag(shard) + "}:")
                .toList();
    }

    private String tag(int shard) {
        return HexFormat.of().formatHex(digest(namespace + '\n' + shard), 0, 8);
    }

    /** Returns the channel on which nodes tell one another of changes of the catalog. */
    String channel() {
        return namespace + ":catalog";
    }

    int count() {
        return prefixes.size();
    }

    /** Returns the shard of a subject. */
    int of(String subject) {
        if (count() == 1) {
            return 0;
        }
        long number = ByteBuffer.wrap(digest(namespace + '\n' + subject)).getLong();
        return (int) Math.floorMod(number, (long) count());
    }

    /** Returns the one shard of all the command's lines, or -1 when there are several. */
    int of(Command command) {
        List<Line> lines = command.lines();
        int shard = of(lines.get(0).subject());
        for (int i = 1; i < lines.size(); i++) {
            if (of(lines.get(i).subject()) != shard) {
                return -1;
            }
        }
        return shard;
    }

    /** Returns the key of what a shard has of its own: its epoch, and revisions of the catalog. */
    String shardKey(int shard) {
        return prefixes.get(shard) + "g";
    }

    /** Returns the key of the stream of what is to be posted into the ledger. */
    String streamKey(int shard) {
        return prefixes.get(shard) + "l";
    }

    /** Returns the key of the stream of what the ledger refused. */
    String refusedKey(int shard) {
        return prefixes.get(shard) + "x";
    }

    /** Returns the key of what says which books are in Redis itself, where no store is behind this one. */
    String booksKey() {
        return prefixes.get(0) + "b";
    }

    /** Returns the key of the books' journal. */
    String journalKey() {
        return prefixes.get(0) + "j";
    }

    /** Returns the key of a subject's revision and counters. */
    String subjectKey(int shard, String subject) {
        return prefixes.get(shard) + "s:" + subject;
    }

    /** Returns the key of what was loaded of a subject, while somebody keeps everybody off it. */
    String asideKey(int shard, String subject) {
        return prefixes.get(shard) + "o:" + subject;
    }

    /** Returns the key of a use's answer. */
    String useKey(int shard, UUID identity) {
        return prefixes.get(shard) + "k:" + identity;
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
