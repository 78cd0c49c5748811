package io.quotaguard.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The processor time that both sides have used so far.
 *
 * @param jvmNanos of this process, its compiler and collector included
 * @param serverNanos of the server with all its processes; not a number where that cannot be seen
 */
record CpuTime(double jvmNanos, double serverNanos) {
    CpuTime since(CpuTime before) {
        return new CpuTime(jvmNanos - before.jvmNanos, serverNanos - before.serverNanos);
    }

    /** Reads the time of servers from Linux's {@code /proc}, if they are on this machine. */
    static final class Meter {
        private static final Path PROC = Path.of("/proc");

        /** What Linux counts in here, whatever its own clock does ({@code USER_HZ}). */
        private static final double NANOS_PER_TICK = 1e9 / 100;

        // Fields of /proc/PID/stat as proc(5) numbers them, less what stands before the third of them.
        private static final int USER = 14 - 3;
        private static final int SYSTEM = 15 - 3;
        private static final int CHILDREN_USER = 16 - 3;
        private static final int CHILDREN_SYSTEM = 17 - 3;

        private final OperatingSystemMXBean jvm = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        private final List<Long> servers;

        /** Takes the number of each server's first process; one that is no such process here is not read. */
        Meter(List<Long> servers) {
            this.servers = List.copyOf(servers);
        }

        CpuTime now() {
            double ticks = servers.stream().mapToDouble(Meter::ticksOfServer).sum();
            return new CpuTime(jvm.getProcessCpuTime(), ticks * NANOS_PER_TICK);
        }

        /** Ended processes count as well: what they used stands with the first one, which waited for them. */
        private static double ticksOfServer(long server) {
            Path first = PROC.resolve(Long.toString(server));
            Path children = first.resolve("task/" + server + "/children");
            try {
                double ticks = ticks(first, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM);
                for (String child : Files.readString(children).strip().split(" ", -1)) {
                    ticks += child.isEmpty() ? 0 : ticksOfChild(child);
                }
                return ticks;
            } catch (IOException e) {
                return Double.NaN;
            }
        }

        private static double ticksOfChild(String child) {
            try {
                return ticks(PROC.resolve(child), USER, SYSTEM);
            } catch (IOException e) {
                // It has just ended, and is with the first one's children from now on.
                return 0;
            }
        }

        private static double ticks(Path process, int... fields) throws IOException {
            String line = Files.readString(process.resolve("stat"));
            int nameEnd = line.lastIndexOf(')');
            String name = line.substring(line.indexOf('(') + 1, nameEnd);
            if (!name.startsWith("postgres") && !name.startsWith("redis")) {
                throw new IOException(process + " is no server: " + line);
            }
            List<String> values = List.of(line.substring(nameEnd + 2).strip().split(" ", -1));
            double ticks = 0;
            for (int field : fields) {
                ticks += Long.parseLong(values.get(field));
            }
            return ticks;
        }
    }
}
