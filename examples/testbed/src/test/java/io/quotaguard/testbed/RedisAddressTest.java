package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A Redis address")
class RedisAddressTest {

    @ParameterizedTest
    @DisplayName("is taken apart and put together again")
    @CsvSource({
        "redis://h:7000, redis://h:7000, h, 7000",
        "redis://h, redis://h:6379, h, 6379",
        "redis://[::1]:7000/3, redis://[::1]:7000/3, [::1], 7000",
        "rediss://u:secret@h/0?timeout=5s, rediss://u:secret@h:6379/0?timeout=5s, h, 6379",
        "redis://:secret@h:1, redis://:secret@h:1, h, 1",
        "redis://h:65535/, redis://h:65535/, h, 65535"
    })
    void isTakenApart(String uri, String whole, String host, int port) {
        RedisAddress address = RedisAddress.parse(uri);
        assertThat(address.uri()).isEqualTo(whole);
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(RedisAddress.parse(whole)).isEqualTo(address);
    }

    @Test
    @DisplayName("can be moved to another place, with everything else kept")
    void isMoved() {
        RedisAddress address = RedisAddress.parse("rediss://u:secret@h:1/2?x=y");
        assertThat(address.withAddress("127.0.0.1", 99).uri()).isEqualTo("rediss://u:secret@127.0.0.1:99/2?x=y");
        assertThat(RedisAddress.of("h", 5)).isEqualTo(RedisAddress.parse("redis://h:5"));
    }

    @ParameterizedTest
    @DisplayName("is refused, without its secrets, when it is of another form")
    @ValueSource(
            strings = {
                "http://u:secret@h:1",
                "redis://u:secret@h:1,other:2",
                "redis://u:secret@h:0",
                "redis://u:secret@h:65536",
                "redis://u:secret@h:123456",
                "redis://u:secret@h/name",
                "redis://u:secret@",
                "redis-sentinel://u:secret@h:1?password=secret#main"
            })
    void isRefused(String uri) {
        assertThatThrownBy(() -> RedisAddress.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    @DisplayName("shows neither user nor password nor parameters in a log")
    void hidesSecrets() {
        assertThat(RedisAddress.parse("redis://u:secret@h:1/2?x=secret")).hasToString("redis://h:1/2");
    }
}
