package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The commands of the scripts")
class LuaCommandsTest {
    private static final Path SCRIPTS = Path.of("src/main/resources/io/quotaguard/redis");
    private static final Pattern CALL = Pattern.compile("redis\\.p?call\\('(\\w+)'");

    /** All of them are of Redis 5 or older, with the options that are used: nothing newer than 6.2 may join them. */
    private static final Set<String> OLD_ENOUGH = Set.of(
            "DEL", "EXISTS", "GET", "HDEL", "HEXISTS", "HGET", "HGETALL", "HINCRBY", "HMGET", "HSET", "HSETNX", "INFO",
            "MGET", "PEXPIRE", "PTTL", "RENAME", "SET", "TIME", "XADD", "XDEL", "XINFO", "XLEN", "XRANGE");

    @Test
    @DisplayName("H1: none is newer than the oldest server that is supported, Redis 6.2")
    void oldEnough() throws IOException {
        Set<String> used = new TreeSet<>();
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            for (Path file : files.toList()) {
                Matcher call = CALL.matcher(Files.readString(file));
                while (call.find()) {
                    used.add(call.group(1));
                }
            }
        }
        assertThat(used).contains("XADD").isSubsetOf(OLD_ENOUGH);
    }
}
