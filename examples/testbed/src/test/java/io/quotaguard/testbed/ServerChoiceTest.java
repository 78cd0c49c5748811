package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The server that tests are run on")
class ServerChoiceTest {
    private static final String ADDRESS = "TEST_ADDRESS";

    private static final ServerChoice<Source, String> CHOICE =
            new ServerChoice<>("Store", ADDRESS, Source.class, () -> "embedded:1", ServerChoiceTest::parse);

    @Test
    @DisplayName("is the one that the variable of its kind names, whatever else is named")
    void isTheOneOfTheAddress() {
        assertThat(CHOICE.choose(Map.of(ADDRESS, " far:2 ", ServerChoice.BACKEND, "testcontainers"), List.of()))
                .isEqualTo(new ServerChoice.Chosen<>("the Store of TEST_ADDRESS", "far:2", true));
    }

    @Test
    @DisplayName("is embedded when nothing is named, or when that is")
    void isEmbeddedOtherwise() {
        ServerChoice.Chosen<String> embedded = new ServerChoice.Chosen<>("embedded Store", "embedded:1", false);
        assertThat(CHOICE.choose(Map.of(), List.of())).isEqualTo(embedded);
        assertThat(CHOICE.choose(Map.of(ServerChoice.BACKEND, "embedded"), List.of()))
                .isEqualTo(embedded);
        assertThat(CHOICE.choose(Map.of(ADDRESS, " "), List.of())).isEqualTo(embedded);
    }

    @Test
    @DisplayName("comes from the source that QUOTA_TEST_BACKEND names, and no other source is started")
    void comesFromTheNamedSource() {
        Source containers = new Source("testcontainers");
        Source other = new Source("other");
        assertThat(CHOICE.choose(Map.of(ServerChoice.BACKEND, "testcontainers"), List.of(other, containers)))
                .isEqualTo(new ServerChoice.Chosen<>("testcontainers Store", "source:3", false));
        assertThat(containers.started).isTrue();
        assertThat(other.started).isFalse();
    }

    @Test
    @DisplayName("is refused with a list of what there is when the named source is not on the class path")
    void refusesAnUnknownSource() {
        assertThatThrownBy(() ->
                        CHOICE.choose(Map.of(ServerChoice.BACKEND, "testcontainers"), List.of(new Source("other"))))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_BACKEND", "'testcontainers'", "[embedded, other]", "Source");
    }

    @Test
    @DisplayName("is refused by the variable's name when its address cannot be understood")
    void refusesABadAddress() {
        assertThatThrownBy(() -> CHOICE.choose(Map.of(ADDRESS, "nonsense"), List.of()))
                .isInstanceOf(TestServerException.class)
                .hasMessage("TEST_ADDRESS: no port");
    }

    @Test
    @DisplayName("is refused with the profile that brings the library when that is not there")
    void namesTheProfile() {
        Source withoutLibrary = new Source("testcontainers") {
            @Override
            public String start() {
                throw new NoClassDefFoundError("org/testcontainers/Container");
            }
        };
        assertThatThrownBy(() -> CHOICE.choose(Map.of(ServerChoice.BACKEND, "testcontainers"), List.of(withoutLibrary)))
                .isInstanceOf(TestServerException.class)
                .hasMessageContainingAll("QUOTA_TEST_BACKEND", "-Ptestcontainers");
    }

    private static String parse(String address) {
        if (!address.contains(":")) {
            throw new IllegalArgumentException("no port");
        }
        return address;
    }

    private static class Source implements ServerSource {
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
            return "source:3";
        }

        @Override
        public void stop() {
            started = false;
        }
    }
}
