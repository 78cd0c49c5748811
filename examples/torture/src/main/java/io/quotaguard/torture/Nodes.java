package io.quotaguard.torture;

import io.quotaguard.torture.load.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The calling processes of one round; those that were killed are followed by others. Only {@link #calls} may be asked by other threads. */
final class Nodes {
    /** Two in three are wrong about the time. */
    private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ofHours(1), Duration.ofHours(-1));

    private static final long PATIENCE_SECONDS = 60;
    private static final long PATIENCE_FOR_AN_ALERT_SECONDS = 10;

    private final Launch launch;
    private final Options options;
    private final Random random;
    private final List<Node> alive = new ArrayList<>();
    private final List<Node> all = new CopyOnWriteArrayList<>();
    private final Set<String> killed = new HashSet<>();

    /**
     * How to start a process.
     *
     * @param program its main class
     * @param folder where it writes its history
     * @param url of PostgreSQL, through the network that fails
     * @param redis of Redis likewise, or null when there is none
     */
    record Launch(
            Class<?> program,
            Path folder,
            String url,
            @Nullable String redis,
            World world) {}

    Nodes(Launch launch, Options options) {
        this.launch = launch;
        this.options = options;
        this.random = new Random(options.seed());
    }

    void startAll() throws IOException {
        for (int i = 0; i < options.jvms(); i++) {
            start();
        }
    }

    private void start() throws IOException {
        int number = all.size() + 1;
        NodeSetting setting = new NodeSetting(
                launch.url(),
                launch.redis(),
                // There at once: a process may be killed before it has made anything.
                Files.createFile(launch.folder().resolve("node-" + number)),
                options.seed() * 100 + number,
                options.threads(),
                SKEWS.get(number % SKEWS.size()),
                launch.world());
        Node node = Node.start(launch.program(), setting);
        alive.add(node);
        all.add(node);
    }

    /** Kills one that has called, and starts another. */
    void killOne() throws IOException, InterruptedException {
        Node victim = alive.get(random.nextInt(alive.size()));
        alive.remove(victim);
        victim.kill();
        killed.add(victim.name());
        start();
    }

    /** Has one die while its listener has an alert in hand, and starts another. */
    void killOneInDelivery() throws IOException, InterruptedException {
        Node victim = alive.get(random.nextInt(alive.size()));
        alive.remove(victim);
        killed.add(victim.name());
        victim.killInDelivery(PATIENCE_FOR_AN_ALERT_SECONDS);
        start();
    }

    long calls() {
        return all.stream().mapToLong(Node::calls).sum();
    }

    /** Brings all to a good end; returns those that did not come to one. */
    List<String> stopAll() throws InterruptedException {
        alive.forEach(Node::stop);
        List<String> failed = new ArrayList<>();
        for (Node node : alive) {
            String failure = node.failure(PATIENCE_SECONDS);
            if (failure != null) {
                failed.add(failure);
                node.kill();
                killed.add(node.name());
            }
        }
        return failed;
    }

    void killAll() throws InterruptedException {
        for (Node node : all) {
            node.kill();
        }
    }

    Set<String> killed() {
        return Set.copyOf(killed);
    }

    List<Path> histories() {
        return all.stream().map(Node::history).toList();
    }
}
