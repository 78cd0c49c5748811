package io.quotaguard.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** Reads the time of one server through {@code /proc}, where the machine has it and the server is on it. */
    static final class Meter {
        private static final Path PROC = Path.of("/proc");

        /** What Linux counts in, whatever its own clock does ({@code USER_HZ}). */
        private static final double NANOS_PER_TICK = 1e9 / 100;

        // Fields of /proc/PID/stat as proc(5) numbers them, less the two up to the name and the one for counting from
        // 0.
        private static final int FIRST = 3;
        private static final int PARENT = 4 - FIRST;
        private static final int USER = 14 - FIRST;
        private static final int SYSTEM = 15 - FIRST;
        private static final int CHILDREN_USER = 16 - FIRST;
        private static final int CHILDREN_SYSTEM = 17 - FIRST;

        private final OperatingSystemMXBean jvm = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        private final String postmaster;

        /** Takes the number of the server's first process; one that is no such process here is not read. */
        Meter(long postmaster) {
            this.postmaster = Long.toString(postmaster);
        }

        CpuTime now() {
            return new CpuTime(jvm.getProcessCpuTime(), serverTicks() * NANOS_PER_TICK);
        }

        /** Ended processes count as well: what they used stands with the first one, which waited for them. */
        private double serverTicks() {
            List<String> first = stat(PROC.resolve(postmaster));
            if (first.isEmpty()) {
                return Double.NaN;
            }
            double ticks = sum(first, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM);
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
                for (Path process : processes) {
                    List<String> stat = stat(process);
                    if (!stat.isEmpty() && stat.get(PARENT).equals(postmaster)) {
                        ticks += sum(stat, USER, SYSTEM);
                    }
                }
            } catch (IOException e) {
                return Double.NaN;
            }
            return ticks;
        }

        private static double sum(List<String> stat, int... fields) {
            double ticks = 0;
            for (int field : fields) {
                ticks += Long.parseLong(stat.get(field));
            }
            return ticks;
        }

        /** Returns the fields behind the name of a PostgreSQL process; none for any other, and for one that has ended. */
        private static List<String> stat(Path process) {
            try {
                String line = Files.readString(process.resolve("stat"));
                int nameEnd = line.lastIndexOf(')');
                if (nameEnd < 0 || !line.substring(0, nameEnd).contains("(postgres")) {
                    return List.of();
                }
                return new ArrayList<>(
                        List.of(line.substring(nameEnd + 2).strip().split(" ", -1)));
            } catch (IOException e) {
                return List.of();
            }
        }
    }
}
