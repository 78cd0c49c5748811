package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.quickstart.Answer.Kind;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A day on Redis, in front of PostgreSQL")
class RedisDayTest {
    private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());

    @Test
    @DisplayName("is decided as on the memory store, and the ledger in PostgreSQL proves it")
    void isDecidedAsInMemory() throws InterruptedException {
        RequestLog log = RequestLog.shipped();
        Day day;
        try (Backend backend = RedisBackend.embedded(log.start())) {
            day = Day.replay(log, backend, 4, SILENT);
            assertThat(backend.store().name()).isEqualTo("redis");
            assertThat(backend.store().capabilities().durable()).isTrue();
        }
        Day inMemory = MemoryDayTest.replay(log, 4);
        assertThat(day.proofs()).allMatch(Proof::holds);
        assertThat(day.digest()).isEqualTo(inMemory.digest());
        assertThat(day.pools()).isEqualTo(inMemory.pools());
        assertThat(day.alerts()).hasSameSizeAs(inMemory.alerts());
        assertThat(day.answers()).extracting(Answer::kind).contains(Kind.REPLAYED, Kind.REFUSED, Kind.FAILED);
        assertThat(day.crashes()).isEmpty();
    }
}
