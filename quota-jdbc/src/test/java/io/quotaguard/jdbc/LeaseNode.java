package io.quotaguard.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.quotaguard.QuotaGuard;
import io.quotaguard.lease.SlicePolicy;
import io.quotaguard.model.Decision;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.Usage;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A node of its own JVM that spends a leased feature until it is used up, and says in a file how often it was allowed. */
final class LeaseNode {
    static final String SUBJECT = "ann";
    static final String FEATURE = "calls";
    static final int MAX_UNPOSTED = 100;
    static final Duration LIFE = Duration.ofMillis(1_500);
    private static final SlicePolicy POLICY = SlicePolicy.fixed(80)
            .margin(Duration.ofMillis(400))
            .idle(Duration.ofMillis(50))
            .maxUnposted(MAX_UNPOSTED);

    private LeaseNode() {}

    /** Takes the URL of the database, the file, its own name, and how long a slice lives. */
    public static void main(String[] arguments) throws IOException {
        try (HikariDataSource pool = TestDatabase.pool(arguments[0], 3);
                JdbcQuotaStore store = JdbcQuotaStore.create(pool);
                FileChannel file =
                        FileChannel.open(Path.of(arguments[1]), StandardOpenOption.READ, StandardOpenOption.WRITE);
                QuotaGuard guard = QuotaGuard.builder(store)
                        .timeout(Duration.ofSeconds(20))
                        .leased(FEATURE, POLICY.life(Duration.parse(arguments[3])))
                        .build()) {
            // Written to memory that outlives the process, so that a kill loses none of it.
            MappedByteBuffer allowed = file.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
            Usage usage = Usage.of(SUBJECT, FEATURE).with("node", arguments[2]);
            boolean open = true;
            while (open) {
                Decision decision = guard.checkAndRecord(usage);
                if (decision.allowed()) {
                    allowed.putLong(0, allowed.getLong(0) + 1);
                } else {
                    open = decision.reason().orElseThrow() == RefusalReason.HELD;
                }
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
            }
        }
    }
}
