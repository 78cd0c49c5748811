package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A day on Redis, with nothing behind it")
class RedisAloneDayTest {
    private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());

    @Test
    @DisplayName("is decided as on the memory store, and the ledger in Redis proves it")
    void isDecidedAsInMemory() throws InterruptedException {
        RequestLog log = RequestLog.shipped();
        Day day;
        try (Backend backend = RedisBackend.alone(log.start())) {
            day = Day.replay(log, backend, 4, SILENT);
            assertThat(backend.store().capabilities().durable()).isTrue();
        }
        Day inMemory = MemoryDayTest.replay(log, 4);
        assertThat(day.proofs()).allMatch(Proof::holds);
        assertThat(day.digest()).isEqualTo(inMemory.digest());
        assertThat(day.pools()).isEqualTo(inMemory.pools());
        assertThat(day.alerts()).hasSameSizeAs(inMemory.alerts());
        assertThat(day.crashes()).isEmpty();
    }
}
