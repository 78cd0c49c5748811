package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Change;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.RefusalReason;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.spi.Deadline;
import io.quotaguard.testing.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@DisplayName("Leases of several JVMs, one of which is killed and one stopped for longer than its slices live")
class LeaseCrashTest {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseCrashTest.class);
    private static final long LIMIT = 8_000;
    private static final long FEW = 2_000;
    /** Long enough to see what is held before it ends, on a busy machine too. */
    private static final Duration LONG_LIFE = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final TestDatabase database = TestDatabase.migrated();
    private final List<Node> nodes = new ArrayList<>();

    private record Node(String name, Process process, Path file) {
        long allowed() {
            try {
                return ByteBuffer.wrap(Files.readAllBytes(file)).getLong();
            } catch (IOException e) {
                throw new IllegalStateException("what a node was allowed cannot be read", e);
            }
        }

        void signal(String name) throws IOException, InterruptedException {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
            assertThat(kill.waitFor()).isZero();
        }
    }

    private Node start(String name, Duration life) throws IOException {
        Path file = Files.write(folder.resolve(name), new byte[Long.BYTES]);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LeaseNode.class.getName(),
                        database.url(),
                        file.toString(),
                        name,
                        life.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Node node = new Node(name, process, file);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void end() {
        nodes.forEach(node -> node.process().destroyForcibly());
        database.close();
    }

    private long posted(Node node) {
        return Long.parseLong(database.ask("SELECT coalesce(sum(amount), 0) FROM quotaguard.usage_record"
                + " WHERE metadata ->> 'node' = '" + node.name() + "'"));
    }

    private static void subscribe(QuotaGuard guard, long limit) {
        Change change = Change.by("test");
        guard.plans()
                .create(
                        Plan.named("busy")
                                .feature(PlanFeature.of(LeaseNode.FEATURE, Limit.of(limit), ResetPeriod.NEVER))
                                .build(),
                        change);
        guard.subscriptions().subscribe(LeaseNode.SUBJECT, "busy", change);
    }

    private static Counter counter(QuotaGuard guard) {
        return guard.overview(LeaseNode.SUBJECT)
                .feature(LeaseNode.FEATURE)
                .orElseThrow()
                .counter();
    }

    /** Uses all there is; returns how much, after which a unit is refused for this reason. */
    private static long useAll(QuotaGuard guard, RefusalReason refusal) {
        long units = guard.checkAndRecordUpTo(
                        Usage.of(LeaseNode.SUBJECT, LeaseNode.FEATURE).amount(FEW))
                .granted();
        assertThat(guard.checkAndRecord(LeaseNode.SUBJECT, LeaseNode.FEATURE).reason())
                .hasValue(refusal);
        return units;
    }

    private boolean isStoppedWithASlice(Node node, QuotaGuard guard) {
        try {
            node.signal("STOP");
            Await.until("what it had sent is done", this::serverRests);
            if (counter(guard).held() > 0) {
                return true;
            }
            node.signal("CONT");
            return false;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a node could not be signalled", e);
        }
    }

    private boolean serverRests() {
        return database.ask("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                        + " AND datname = current_database() AND pid <> pg_backend_pid()")
                .equals("0");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    @DisplayName("R1, R35: a stopped holder keeps no more than its slice from others, until it ends; then all is spent")
    void stoppedNearTheLimit() throws Exception {
        try (JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());
                QuotaGuard others = QuotaGuard.builder(store).timeout(PATIENCE).build()) {
            subscribe(others, FEW);
            Node stopped = start("stopped", LONG_LIFE);
            Await.until("the node works", () -> stopped.allowed() > FEW / 4);
            Await.until("it is stopped with a slice", () -> isStoppedWithASlice(stopped, others));

            Counter found = counter(others);
            long before = useAll(others, RefusalReason.HELD);
            Counter full = counter(others);
            Await.until("the slice has ended", () -> counter(others).held() == 0);
            long after = useAll(others, RefusalReason.EXHAUSTED);
            Counter spent = counter(others);
            stopped.signal("CONT");
            assertThat(stopped.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            long late = counter(others).used() - FEW;
            LOG.warn(
                    "stopped with {} used and {} held; others spent {}, and {} when the slice had ended; {} came late",
                    found.used(),
                    found.held(),
                    before,
                    after,
                    late);
            assertThat(full.used() + full.held()).isEqualTo(FEW);
            assertThat(full.held()).as("a sixteenth of what is left").isBetween(1L, FEW / 16);
            assertThat(after).isEqualTo(full.held());
            assertThat(spent).isEqualTo(new Counter(FEW, 0));
            assertThat(late).isBetween(0L, full.held());
            assertThat(posted(stopped)).isEqualTo(stopped.allowed());
            assertThat(store.ledger().verify(Deadline.after(PATIENCE))).isEmpty();
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    @DisplayName("R1, R35, R42: a kill loses no more uses than may be lost, and units come free; a stop gains nothing")
    void killedAndStopped() throws Exception {
        try (JdbcQuotaStore store = JdbcQuotaStore.create(database.dataSource());
                QuotaGuard guard = QuotaGuard.builder(store).timeout(PATIENCE).build()) {
            subscribe(guard, LIMIT);
            Node killed = start("killed", LeaseNode.LIFE);
            Node stopped = start("stopped", LeaseNode.LIFE);
            Node healthy = start("healthy", LeaseNode.LIFE);
            nodes.forEach(node -> Await.until(node.name() + " works", () -> node.allowed() > 200));

            stopped.signal("STOP");
            killed.process().destroyForcibly().waitFor();
            long before = healthy.allowed();
            TimeUnit.MILLISECONDS.sleep(LeaseNode.LIFE.toMillis() + 100);
            Counter meanwhile = counter(guard);
            stopped.signal("CONT");

            for (Node node : List.of(stopped, healthy)) {
                assertThat(node.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
            Counter end = counter(guard);
            long allowed = nodes.stream().mapToLong(Node::allowed).sum();
            long lost = killed.allowed() - posted(killed);
            long over = Math.max(0, end.used() - LIMIT);
            LOG.warn(
                    "allowed {}, posted {}, lost by the kill {}, held after a slice's life {}, over by late posts {}",
                    allowed,
                    end.used(),
                    lost,
                    meanwhile.held(),
                    over);
            assertThat(healthy.allowed()).as("the healthy node went on").isGreaterThan(before);
            assertThat(lost).isBetween(-1L, (long) LeaseNode.MAX_UNPOSTED);
            assertThat(posted(stopped)).isEqualTo(stopped.allowed());
            assertThat(posted(healthy)).isEqualTo(healthy.allowed());
            assertThat(over).isBetween(0L, (long) LeaseNode.MAX_UNPOSTED);
            assertThat(end.used()).isGreaterThanOrEqualTo(LIMIT);
            assertThat(end.held()).isZero();
            assertThat(store.ledger().verify(Deadline.after(PATIENCE))).isEmpty();
        }
    }
}
