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
    private static final String EMBEDDED = "redis://127.0.0.1:1";

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
            RedisServer server = RedisServers.choose(Map.of(), List.of(), () -> EMBEDDED);
            for (int i = 0; i < 3; i++) {
                names.add(server.freshNamespace());
            }
        }
        assertThat(names).hasSize(9).allMatch(name -> name.matches("test-[0-9a-f]{8}-\\d+"));
    }

    @Test
    @DisplayName("is the one that QUOTA_TEST_REDIS_URI names, whatever else is named")
    void isTheOneOfTheAddress() {
        RedisServer server = RedisServers.choose(
                Map.of(RedisServers.ADDRESS, " redis://:secret@h/1 ", RedisServers.BACKEND, "testcontainers"),
                List.of(),
                () -> EMBEDDED);
        assertThat(server.uri()).isEqualTo("redis://:secret@h:6379/1");
        assertThat(server).hasToString("the Redis of QUOTA_TEST_REDIS_URI at redis://h:6379/1");
    }

    @Test
    @DisplayName("is embedded when nothing is named, or when that is")
    void isEmbeddedOtherwise() {
        assertThat(RedisServers.choose(Map.of(), List.of(), () -> EMBEDDED))
                .hasToString("embedded Redis at redis://127.0.0.1:1");
        assertThat(RedisServers.choose(Map.of(RedisServers.BACKEND, "embedded"), List.of(), () -> EMBEDDED))
                .hasToString("embedded Redis at redis://127.0.0.1:1");
    }

    @Test
    @DisplayName("comes from the source that QUOTA_TEST_BACKEND names, and no other source is started")
    void comesFromTheNamedSource() {
        Source containers = new Source("testcontainers");
        Source other = new Source("other");
        RedisServer server = RedisServers.choose(
                Map.of(RedisServers.BACKEND, "testcontainers"), List.of(other, containers), () -> EMBEDDED);
        assertThat(server).hasToString("testcontainers Redis at redis://127.0.0.1:2");
        assertThat(containers.started).isTrue();
        assertThat(other.started).isFalse();
    }

    @Test
    @DisplayName("is refused with a list of what there is when the named source is not on the class path")
    void refusesAnUnknownSource() {
        assertThatThrownBy(() -> RedisServers.choose(
                        Map.of(RedisServers.BACKEND, "testcontainers"), List.of(new Source("other")), () -> EMBEDDED))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_BACKEND", "'testcontainers'", "[embedded, other]", "RedisSource");
    }

    @Test
    @DisplayName("is refused by name, without its password, when its address cannot be understood")
    void refusesABadAddress() {
        assertThatThrownBy(() -> RedisServers.choose(
                        Map.of(RedisServers.ADDRESS, "http://u:secret@h"), List.of(), () -> EMBEDDED))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_REDIS_URI", "http://h")
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("can be one from a container, and says which profile brings the library when that is not there")
    void knowsContainers() {
        assertThat(ServiceLoader.load(RedisSource.class))
                .extracting(RedisSource::name)
                .containsExactly("testcontainers");
        RedisSource withoutLibrary = new Source("testcontainers") {
            @Override
            public String start() {
                throw new NoClassDefFoundError("org/testcontainers/Container");
            }
        };
        assertThatThrownBy(() -> RedisServers.choose(
                        Map.of(RedisServers.BACKEND, "testcontainers"), List.of(withoutLibrary), () -> EMBEDDED))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_BACKEND", "-Ptestcontainers");
    }

    private static class Source implements RedisSource {
        private final String name;
        private boolean started;

        private Source(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String start() {
            started = true;
            return "redis://127.0.0.1:2";
        }

        @Override
        public void stop() {
            started = false;
        }
    }
}
