package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.spi.KeyIdentity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeyIdentityTest {
    private static final String TIMED = "0192f3a1-7b2c-7def-8a01-0123456789ab";

    @Test
    @DisplayName("R8: a key's identity depends on its scope, and keeps the time of a version 7 UUID")
    void identity() {
        UUID timed = KeyIdentity.of("u", "f", TIMED);
        assertThat(timed.version()).isEqualTo(7);
        assertThat(timed.variant()).isEqualTo(2);
        assertThat(timed.toString()).startsWith("0192f3a1-7b2c-7");
        assertThat(timed).isNotEqualTo(KeyIdentity.of("u", "g", TIMED)).isNotEqualTo(KeyIdentity.of("v", "f", TIMED));

        assertThat(KeyIdentity.of("u", "f", "batch-7").version()).isEqualTo(8);
        assertThat(KeyIdentity.of("u", "f", TIMED.toUpperCase(java.util.Locale.ROOT))
                        .version())
                .isEqualTo(8);
        assertThat(KeyIdentity.of("u", "f", TIMED.replace('8', 'c')).version()).isEqualTo(8);
    }

    @Test
    @DisplayName("R8: SQL computes the same identity, whatever the names hold")
    void sameInSql() throws SQLException {
        Random random = new Random(7);
        List<String> names = new ArrayList<>(List.of(
                TIMED,
                TIMED.replace("-8a01", "-ca01"),
                TIMED + "0",
                TIMED.replace('a', 'A'),
                "{u}:1",
                "'; DROP TABLE x; --",
                "%_\\",
                "\uD83D\uDE00 emoji",
                "\uFFFD\uE000"));
        for (int i = 0; i < 200; i++) {
            names.add(new UUID(random.nextLong(), random.nextLong()).toString());
        }
        try (TestDatabase database = TestDatabase.recycled();
                Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement("SELECT quotaguard.quota_dedup(?, ?, ?)")) {
            for (int i = 0; i < names.size(); i++) {
                String subject = names.get(random.nextInt(names.size()));
                statement.setString(1, subject);
                statement.setString(2, "f");
                statement.setString(3, names.get(i));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    assertThat(row.getObject(1, UUID.class)).isEqualTo(KeyIdentity.of(subject, "f", names.get(i)));
                }
            }
        }
    }

    @Test
    @DisplayName("a key made by SQL is a version 7 UUID of now")
    void newKey() {
        try (TestDatabase database = TestDatabase.recycled()) {
            UUID key = UUID.fromString(database.ask("SELECT quotaguard.quota_new_key()"));
            assertThat(key.version()).isEqualTo(7);
            assertThat(key.variant()).isEqualTo(2);
            assertThat(key.getMostSignificantBits() >>> 16)
                    .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis() + 60_000);
        }
    }
}
