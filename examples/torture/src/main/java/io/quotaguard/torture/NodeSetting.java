package io.quotaguard.torture;

import io.quotaguard.torture.load.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a calling process is told on its command line.
 *
 * @param url of PostgreSQL, through the network that fails
 * @param redis of Redis likewise, or null when there is none
 * @param skew how wrong its clock is
 */
record NodeSetting(
        String url, @Nullable String redis, Path history, long seed, int threads, Duration skew, World world) {
    private static final String NONE = "none";

    List<String> arguments() {
        return List.of(
                url,
                redis == null ? NONE : redis,
                history.toString(),
                Long.toString(seed),
                Integer.toString(threads),
                skew.toString(),
                Integer.toString(world.hotSubjects()),
                Integer.toString(world.wideSubjects()));
    }

    static NodeSetting of(String... arguments) {
        return new NodeSetting(
                arguments[0],
                arguments[1].equals(NONE) ? null : arguments[1],
                Path.of(arguments[2]),
                Long.parseLong(arguments[3]),
                Integer.parseInt(arguments[4]),
                Duration.parse(arguments[5]),
                new World(Integer.parseInt(arguments[6]), Integer.parseInt(arguments[7])));
    }
}
