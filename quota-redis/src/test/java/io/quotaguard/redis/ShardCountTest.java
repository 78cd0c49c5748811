package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.InvalidQuotaArgumentException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How many shards a namespace has")
class ShardCountTest {
    private final TestRedis redis = TestRedis.single();
    private final String namespace = redis.freshNamespace();

    private RedisQuotaStore store(InMemoryQuotaStore ledger, int shards) {
        return redis.inFrontOf(ledger).namespace(namespace).shards(shards).build();
    }

    @Test
    @DisplayName("F1: a node with another number is refused, since each would count by itself")
    void otherNumber() {
        try (InMemoryQuotaStore ledger = new InMemoryQuotaStore();
                RedisQuotaStore first = store(ledger, 4);
                RedisQuotaStore same = store(ledger, 4)) {
            assertThat(same.name()).isEqualTo(first.name());

            assertThatThrownBy(() -> store(ledger, 8))
                    .isInstanceOf(InvalidQuotaArgumentException.class)
                    .hasMessageContaining("\"8\"")
                    .hasMessageContaining("the 4 that");
        }
    }
}
