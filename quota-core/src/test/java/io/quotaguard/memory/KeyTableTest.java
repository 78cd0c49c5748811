package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Operation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeyTableTest {
    private static final WindowCounter COUNTER = new WindowCounter(new Meter(new Owner("u", "f")), Window.PERMANENT, 1);

    private final Map<Long, LedgerEntry> entries = new HashMap<>();
    private final KeyTable table = new KeyTable(entries::get);

    private void add(long id, String key) {
        entries.put(
                id,
                new LedgerEntry(
                        id,
                        COUNTER,
                        Operation.RECORD,
                        key,
                        0,
                        1,
                        new Counter(id, 0),
                        Limit.unlimited(),
                        LimitSource.NONE,
                        LedgerEntry.More.NOTHING,
                        Map.of(),
                        Instant.EPOCH));
        table.add(key, id);
    }

    @Test
    @DisplayName("R7: each key finds its entry while others come and go, as in a map")
    void asInAMap() {
        Random random = new Random(7);
        Map<String, Long> model = new HashMap<>();
        for (long id = 1; id <= 20_000; id++) {
            String key = "key " + random.nextInt(3000);
            Long known = model.get(key);
            if (known == null) {
                add(id, key);
                model.put(key, id);
            } else if (random.nextInt(3) > 0) {
                table.remove(key, known);
                model.remove(key);
            }
            String other = "key " + random.nextInt(3000);
            LedgerEntry found = table.find(other);
            assertThat(found == null ? null : found.id()).as(other).isEqualTo(model.get(other));
        }
        assertThat(table.size()).isEqualTo(model.size());
        model.forEach((key, id) -> assertThat(table.find(key)).isSameAs(entries.get(id)));
    }

    @Test
    @DisplayName("R46: keys of any length that differ in one character are different keys")
    void oneCharacter() {
        List<String> keys = List.of(
                "a", "b", "aa", "ab", "aaa", "aaaa", "aaab", "baaa", "aaaaa", "\u00e9", "\ud83d\ude00", "a\u0100");
        for (int i = 0; i < keys.size(); i++) {
            add(i + 1L, keys.get(i));
        }

        for (int i = 0; i < keys.size(); i++) {
            assertThat(table.find(keys.get(i))).isSameAs(entries.get(i + 1L));
        }
        assertThat(table.find("aab")).isNull();
        assertThat(table.find(UUID.randomUUID().toString())).isNull();
    }

    @Test
    @DisplayName("R10: a key that meanwhile stands for another entry is not forgotten with the first")
    void othersEntry() {
        add(1, "key");
        table.remove("key", 2);

        assertThat(table.find("key")).isSameAs(entries.get(1L));
        table.remove("key", 1);
        assertThat(table.find("key")).isNull();
        assertThat(table.size()).isZero();
    }
}
