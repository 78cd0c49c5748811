package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Instants as text for PostgreSQL")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TimesTest {
    private TestDatabase database;

    @BeforeAll
    void start() {
        database = TestDatabase.migrated();
    }

    @AfterAll
    void end() {
        database.close();
    }

    @ParameterizedTest
    @DisplayName("R19: PostgreSQL reads the very microsecond, in every year that a window may reach")
    @ValueSource(
            strings = {
                "-0001-12-31T23:59:59.999999Z",
                "0000-01-01T00:00:00Z",
                "0000-12-31T23:59:59.000001Z",
                "0001-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999999Z",
                "1970-01-01T00:00:00Z",
                "2024-02-29T12:34:00Z",
                "2026-11-23T00:00:07Z",
                "2026-11-23T19:30:45.100Z",
                "2026-11-23T19:30:45.000010Z",
                "2026-11-23T19:30:45.123456Z",
                "2026-11-23T19:30:45.123456789Z",
                "9999-12-31T23:59:59.999999Z",
                "+10000-01-01T00:00:00Z"
            })
    void isReadAsWritten(Instant instant) {
        String micros = database.ask(
                "SELECT (extract(epoch FROM '" + Times.text(instant) + "'::timestamptz) * 1000000)::numeric(30, 0)");

        assertThat(Long.parseLong(micros)).isEqualTo(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000);
    }
}
