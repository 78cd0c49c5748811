package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The Redis that tests share")
class RedisServersTest {
    @Test
    @DisplayName("is one per JVM and answers at its address")
    void isShared() {
        RedisServer server = RedisServers.shared();
        assertThat(RedisServers.shared()).isSameAs(server);
        assertThat(RedisAddress.parse(server.uri())).isEqualTo(server.address());
    }

    @Test
    @DisplayName("gives out namespaces that nobody else has")
    void namespacesAreUnique() {
        Set<String> names = new HashSet<>();
        for (int jvm = 0; jvm < 3; jvm++) {
            RedisServer server = new RedisServer("one Redis", RedisAddress.of("127.0.0.1", 1));
            for (int i = 0; i < 3; i++) {
                names.add(server.freshNamespace());
            }
        }
        assertThat(names).hasSize(9).allMatch(name -> name.matches("test-[0-9a-f]{8}-\\d+"));
    }

    @Test
    @DisplayName("is the one that QUOTA_TEST_REDIS_URI names, and logs show it without its password")
    void isTheOneOfTheAddress() {
        ServerChoice.Chosen<RedisAddress> chosen =
                RedisServers.CHOICE.choose(Map.of(RedisServers.ADDRESS, "redis://:secret@h/1"), List.of());
        RedisServer server = new RedisServer(chosen.origin(), chosen.address());
        assertThat(server.uri()).isEqualTo("redis://:secret@h:6379/1");
        assertThat(server).hasToString("the Redis of QUOTA_TEST_REDIS_URI at redis://h:6379/1");
        assertThatThrownBy(
                        () -> RedisServers.CHOICE.choose(Map.of(RedisServers.ADDRESS, "http://u:secret@h"), List.of()))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_REDIS_URI", "http://h")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("can be one from a container")
    void knowsContainers() {
        assertThat(ServiceLoader.load(RedisSource.class))
                .extracting(RedisSource::name)
                .containsExactly("testcontainers");
    }
}
