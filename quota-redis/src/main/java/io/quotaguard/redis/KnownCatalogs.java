package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.quotaguard.model.QuotaUnavailableException;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.CatalogStore;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Subjects' catalogs as this JVM read them last. While the store behind cannot be asked, one that Redis proves to be in force is
 * as good as read anew: no change is made before Redis knows of it. Thread-safe.
 */
final class KnownCatalogs {
    private static final int MOST = 10_000;

    /** While the store behind is away, this often somebody looks whether it still is. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final CatalogStore behind;
    private final RedisLink link;
    private final Scripts scripts;
    private final Shards shards;
    private final Map<String, SubjectCatalog> bySubject = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SubjectCatalog> eldest) {
            return size() > MOST;
        }
    };
    private final AtomicLong lookAgainNanos = new AtomicLong();
    private volatile boolean away;

    KnownCatalogs(CatalogStore behind, RedisLink link, Scripts scripts, Shards shards) {
        this.behind = behind;
        this.link = link;
        this.scripts = scripts;
        this.shards = shards;
    }

    /**
     * Reads what bears on a subject from the store behind, or repeats what is proven to bear on it.
     *
     * @throws QuotaUnavailableException when neither can be done before the deadline
     */
    SubjectCatalog load(String subject, Deadline deadline) {
        SubjectCatalog known = known(subject);
        if (known == null) {
            return read(subject, deadline);
        }
        if (away && !looks() && isInForce(known, deadline)) {
            return known;
        }
        try {
            // Half of the time is left for what Redis proves.
            return read(subject, Deadline.after(half(deadline)));
        } catch (QuotaUnavailableException e) {
            lookAgainNanos.set(System.nanoTime() + LOOK_NANOS);
            away = true;
            if (isInForce(known, deadline)) {
                return known;
            } else if (deadline.hasPassed()) {
                throw e;
            }
            return read(subject, deadline);
        }
    }

    private SubjectCatalog read(String subject, Deadline deadline) {
        SubjectCatalog read = behind.load(subject, deadline);
        away = false;
        synchronized (bySubject) {
            bySubject.put(subject, read);
        }
        return read;
    }

    private @Nullable SubjectCatalog known(String subject) {
        synchronized (bySubject) {
            return bySubject.get(subject);
        }
    }

    /** Tells whether this call is the one to look whether the store behind is back. */
    private boolean looks() {
        long now = System.nanoTime();
        long due = lookAgainNanos.get();
        return now - due >= 0 && lookAgainNanos.compareAndSet(due, now + LOOK_NANOS);
    }

    private static Duration half(Deadline deadline) {
        return Duration.ofNanos(Math.max(1, deadline.remaining().toNanos() / 2));
    }

    private boolean isInForce(SubjectCatalog catalog, Deadline deadline) {
        int shard = shards.of(catalog.subject());
        List<byte[]> arguments = new ArrayList<>(List.of(Ascii.of(catalog.revision())));
        arguments.addAll(Revisions.of(catalog));
        try {
            return RedisLink.await(
                            link.<Long>run(
                                    scripts.inForce,
                                    ScriptOutputType.INTEGER,
                                    new String[] {shards.shardKey(shard), shards.subjectKey(shard, catalog.subject())},
                                    arguments.toArray(byte[][]::new)),
                            deadline)
                    == 1;
        } catch (RedisFault e) {
            throw e.unavailable(null);
        }
    }
}
