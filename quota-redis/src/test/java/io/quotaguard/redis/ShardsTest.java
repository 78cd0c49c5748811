package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Names of keys (R46, H1)")
class ShardsTest {
    private static final List<String> HOSTILE = List.of(
            "a", "a:b", "{a}", "}{", "{}", "{a", "a}", "s:a", ":s:a", "*", "😀", "a b", "\\", "'", "%00", "g", "l");

    @Test
    @DisplayName("R46: no two names come to one key")
    void keysAreInjective() {
        Shards shards = new Shards("app", 3);
        List<String> keys = new ArrayList<>();
        for (int shard = 0; shard < shards.count(); shard++) {
            keys.add(shards.shardKey(shard));
            keys.add(shards.streamKey(shard));
            keys.add(shards.refusedKey(shard));
            for (String name : HOSTILE) {
                keys.add(shards.subjectKey(shard, name));
            }
        }

        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("R46: no two counters of a subject come to one name")
    void countersAreInjective() {
        Instant one = Instant.ofEpochSecond(1);
        Instant two = Instant.ofEpochSecond(2);
        List<String> names = new ArrayList<>();
        for (String feature : HOSTILE) {
            names.add(PlainUse.counter(feature, new Window(one, two)));
            names.add(PlainUse.counter(feature, new Window(one, null)));
            names.add(PlainUse.counter(feature, new Window(two, null)));
        }

        assertThat(names).doesNotHaveDuplicates().noneMatch(List.of("e", "f", "h", "r")::contains);
    }

    @Test
    @DisplayName("H1: a name cannot steer the slot: all keys of a shard share one, whatever is in them")
    void namesDoNotSteerSlots() {
        Shards shards = new Shards("app", 16);
        for (String name : HOSTILE) {
            int shard = shards.of(name);
            int slot = SlotHash.getSlot(shards.shardKey(shard));
            assertThat(SlotHash.getSlot(shards.streamKey(shard))).isEqualTo(slot);
            assertThat(SlotHash.getSlot(shards.subjectKey(shard, name))).isEqualTo(slot);
        }
    }

    @Test
    @DisplayName("H1: subjects are spread over the shards, and shards over the slots")
    void spread() {
        Shards shards = new Shards("app", 64);
        int[] subjects = new int[64];
        IntStream.range(0, 64_000).forEach(n -> subjects[shards.of("user-" + n)]++);

        assertThat(IntStream.of(subjects)).allMatch(count -> count > 800 && count < 1200);
        assertThat(IntStream.range(0, 64)
                        .map(shard -> SlotHash.getSlot(shards.shardKey(shard)) / 5462)
                        .boxed()
                        .distinct())
                .hasSize(3);
    }

    @Test
    @DisplayName("H1: applications with different namespaces share no key")
    void namespaces() {
        assertThat(new Shards("a", 1).shardKey(0)).isNotEqualTo(new Shards("b", 1).shardKey(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "{a}", "a b", "12345678901234567890123456789012345678901"})
    @DisplayName("R46: a namespace that would not keep keys apart is refused")
    void badNamespaces(String namespace) {
        assertThatThrownBy(() -> new Shards(namespace, 1))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("namespace");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1025})
    @DisplayName("H1: a number of shards that cannot be is refused")
    void badCounts(int count) {
        assertThatThrownBy(() -> new Shards("app", count))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("shards");
    }
}
