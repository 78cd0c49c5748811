package io.quotaguard.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A calling process, seen from the run. */
final class Node {
    private final Process process;
    private final Path history;
    private volatile long calls;

    private Node(Process process, Path history) {
        this.process = process;
        this.history = history;
    }

    static Node start(Class<?> program, NodeSetting setting) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(setting.arguments());
        Process process = new ProcessBuilder(command)
                .redirectError(setting.history()
                        .resolveSibling(setting.history().getFileName() + ".log")
                        .toFile())
                .start();
        Node node = new Node(process, setting.history());
        Thread reader =
                new Thread(node::read, "progress of " + setting.history().getFileName());
        reader.setDaemon(true);
        reader.start();
        return node;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty() && line.chars().allMatch(Character::isDigit)) {
                    calls = Long.parseLong(line);
                }
            }
        } catch (IOException e) {
            // The process is gone, and so is the need to know.
        }
    }

    /** The file's name, which is the node's in every story. */
    String name() {
        return history.getFileName().toString();
    }

    Path history() {
        return history;
    }

    long calls() {
        return calls;
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Tells it to die with an alert in its listener's hands, and kills it when it has none for so long. */
    void killInDelivery(long seconds) throws IOException, InterruptedException {
        OutputStream orders = process.getOutputStream();
        orders.write(TortureNode.DIE_WITH_AN_ALERT);
        orders.flush();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            kill();
        }
    }

    /** Tells it to come to an end. */
    void stop() {
        try (OutputStream orders = process.getOutputStream()) {
            orders.write('\n');
            orders.flush();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    /** Returns how it failed to end by itself in good order, or null when it did not fail. */
    @Nullable
    String failure(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            return name() + " came to no end";
        }
        return switch (process.exitValue()) {
            case 0 -> null;
            case TortureNode.LOST_A_THREAD -> name() + " lost a thread";
            default -> name() + " ended with " + process.exitValue();
        };
    }
}
