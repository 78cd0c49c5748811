package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeyGeneratorTest {
    @Test
    @DisplayName("R13: a generated key is a version 7 UUID in its canonical form, with the present time")
    void isVersion7() {
        long before = Instant.now().toEpochMilli();
        String key = KeyGenerator.next();
        UUID uuid = UUID.fromString(key);

        assertThat(uuid).hasToString(key);
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        // Other tests of this JVM may have made more than 4,096 keys in one millisecond, which borrows from the next
        // ones.
        assertThat(uuid.getMostSignificantBits() >>> 16).isBetween(before, before + 60_000);
    }

    @Test
    @DisplayName("R13: each key of a thread sorts after the one before, also within a millisecond")
    void grows() {
        String previous = KeyGenerator.next();
        for (int i = 0; i < 20_000; i++) {
            String next = KeyGenerator.next();
            assertThat(next).isGreaterThan(previous);
            previous = next;
        }
    }

    @Test
    @DisplayName("R13: no two threads are given the same key")
    void isUnique() throws InterruptedException {
        Set<String> keys = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    keys.add(KeyGenerator.next());
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(keys).hasSize(80_000);
    }
}
