package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@DisplayName("A Redis and its replica")
@DisabledIfEnvironmentVariable(
        named = RedisServers.ADDRESS,
        matches = ".+",
        disabledReason = "A server is named because this machine may be one that has no binaries")
class RedisPairTest {
    private static RedisPair pair;

    private EmbeddedRedis primary;
    private EmbeddedRedis replica;

    @BeforeAll
    static void start() {
        pair = RedisPair.start(RedisDurability.ALWAYS);
    }

    @AfterAll
    static void close() {
        pair.close();
    }

    @BeforeEach
    void clear() {
        primary = pair.primary();
        replica = pair.replica();
        primary.ask("FLUSHALL");
        primary.ask("SET", "k", "copied");
        pair.awaitCopied();
    }

    @Test
    @DisplayName("copies what is written, on a server that takes no writes itself")
    void copies() {
        assertThat(replica.ask("GET", "k")).isEqualTo("copied");
        assertThatThrownBy(() -> replica.ask("SET", "k", "v")).hasMessageContaining("READONLY");
    }

    @Test
    @DisplayName("can be waited for until what is written is copied, however much it is")
    void waitsForTheCopy() {
        primary.ask("EVAL", "return redis.call('SET', KEYS[1], string.rep('x', 20000000))", "1", "k");
        pair.awaitCopied();
        assertThat(replica.ask("STRLEN", "k")).isEqualTo("20000000");
    }

    @Test
    @DisplayName("change over when the primary was killed, and back again")
    void changesOver() {
        primary.kill();
        assertThat(pair.promote()).isSameAs(replica).isSameAs(pair.primary());
        assertThat(pair.replica()).isSameAs(primary);
        replica.ask("SET", "k", "newest");

        pair.rejoin();

        assertThat(primary.ask("GET", "k")).isEqualTo("newest");
        assertThatThrownBy(() -> primary.ask("SET", "k", "v")).hasMessageContaining("READONLY");
        assertThat(pair.promote()).isSameAs(primary);
        pair.rejoin();
    }

    @Test
    @DisplayName("lose what was not copied: a promoted replica never had it, and the old primary forgets it")
    void losesWhatWasNotCopied() {
        replica.pause();
        primary.ask("CLIENT", "KILL", "TYPE", "replica"); // What is sent from here on cannot reach the replica.
        primary.ask("SET", "k", "lost");
        primary.pause();
        replica.resume();
        pair.promote();
        assertThat(replica.ask("GET", "k")).isEqualTo("copied");

        primary.resume();
        assertThat(primary.ask("GET", "k")).isEqualTo("lost");
        pair.rejoin();
        assertThat(primary.ask("GET", "k")).isEqualTo("copied");
    }

    @Test
    @DisplayName("can promote a replica that is empty, which is the state loss that a store must notice")
    void promotesAnEmptyReplica() {
        primary.kill();
        replica.restartEmpty();
        pair.promote();
        assertThat(replica.ask("DBSIZE")).isEqualTo("0");
        pair.rejoin();
        assertThat(primary.ask("DBSIZE")).isEqualTo("0");
    }

    @Test
    @DisplayName("are reached at one address that stays, by a proxy that is pointed to the successor")
    void haveOneAddress() throws IOException {
        try (TcpProxy address = TcpProxy.inFrontOf("127.0.0.1", primary.port());
                RespConnection before = new RespConnection(FreePort.on(address.port()))) {
            before.ask("SET", "k", "first");
            pair.awaitCopied();
            address.pointTo("127.0.0.1", pair.promote().port());
            assertThat(before.ask("SET", "k", "in vain")).isEqualTo("OK");
            address.cutAll();
            assertThatThrownBy(() -> before.ask("GET", "k")).isInstanceOf(IOException.class);
            try (RespConnection after = new RespConnection(FreePort.on(address.port()))) {
                assertThat(after.ask("GET", "k")).isEqualTo("first");
            }
        }
        pair.rejoin();
    }
}
