package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The copy of an address by which servers are left soon (R45)")
class ShortHandshakeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    @DisplayName("R45: has a shorter time-out, also of the sentinels, and everything else as the host said it")
    void keepsTheRest() {
        RedisURI uri = RedisURI.Builder.sentinel("one", 26_379, "master", "of-sentinel")
                .withSentinel("two", 26_380)
                .withAuthentication("user", "of-server".toCharArray())
                .withDatabase(3)
                .withSsl(true)
                .withVerifyPeer(SslVerifyMode.CA)
                .build();
        String before = uri.toString();

        RedisURI copy = ShortHandshake.of(uri, SECOND);

        assertThat(copy.getTimeout()).isEqualTo(SECOND);
        assertThat(copy.getSentinelMasterId()).isEqualTo("master");
        assertThat(copy.getSentinels()).containsExactlyElementsOf(uri.getSentinels());
        assertThat(copy.getSentinels()).extracting(RedisURI::getTimeout).containsOnly(SECOND);
        assertThat(password(copy.getSentinels().get(0))).isEqualTo("of-sentinel");
        assertThat(password(copy)).isEqualTo("of-server");
        assertThat(copy.getDatabase()).isEqualTo(3);
        assertThat(copy.isSsl()).isTrue();
        assertThat(copy.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
        assertThat(uri).hasToString(before);
        assertThat(uri.getTimeout()).isEqualTo(RedisURI.DEFAULT_TIMEOUT_DURATION);
        assertThat(uri.getSentinels()).extracting(RedisURI::getTimeout).containsOnly(RedisURI.DEFAULT_TIMEOUT_DURATION);
    }

    @Test
    @DisplayName("R45: keeps a time-out that is shorter still, and none at all is a long one")
    void keepsAShorterOne() {
        RedisURI shorter = RedisURI.create("redis://one?timeout=100ms");
        RedisURI none = RedisURI.create("redis://one?timeout=0s");

        assertThat(ShortHandshake.of(shorter, SECOND).getTimeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(ShortHandshake.of(none, SECOND).getTimeout()).isEqualTo(SECOND);
    }

    private static String password(RedisURI uri) {
        RedisCredentials credentials = Objects.requireNonNull(
                uri.getCredentialsProvider().resolveCredentials().block());
        return new String(credentials.getPassword());
    }
}
