package io.quotaguard.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The JDBC address of a PostgreSQL database")
class PostgresUrlTest {

    @ParameterizedTest
    @DisplayName("is taken apart into host, port, database and parameters")
    @CsvSource({
        "jdbc:postgresql://db.example:6543/orders?user=u&ssl=true, db.example, 6543, orders, user=u&ssl=true",
        "jdbc:postgresql://db.example/orders, db.example, 5432, orders, ''",
        "jdbc:postgresql://127.0.0.1:5433/, 127.0.0.1, 5433, '', ''",
        "jdbc:postgresql://[::1]:5433?user=u, [::1], 5433, '', user=u"
    })
    void isTakenApart(String url, String host, int port, String database, String parameters) {
        PostgresUrl parts = PostgresUrl.parse(url);
        assertThat(parts.host()).isEqualTo(host);
        assertThat(parts.port()).isEqualTo(port);
        assertThat(parts.database()).isEqualTo(database);
        assertThat(parts.parameters()).isEqualTo(parameters);
        assertThat(PostgresUrl.parse(parts.jdbcUrl())).isEqualTo(parts);
    }

    @Test
    @DisplayName("can be changed part by part")
    void isChanged() {
        PostgresUrl url = PostgresUrl.parse("jdbc:postgresql://h/a");
        assertThat(url.withDatabase("b").withAddress("127.0.0.1", 9).jdbcUrl())
                .isEqualTo("jdbc:postgresql://127.0.0.1:9/b");
        assertThat(url.withParameter("x", "1").withParameter("y", "2").jdbcUrl())
                .isEqualTo("jdbc:postgresql://h/a?x=1&y=2");
    }

    @ParameterizedTest
    @DisplayName("is refused, without its parameters, when it has another form")
    @ValueSource(
            strings = {
                "",
                "postgresql://h/db?password=secret",
                "jdbc:postgresql:db?password=secret",
                "jdbc:postgresql://h1,h2/db?password=secret",
                "jdbc:postgresql://h:port/db?password=secret"
            })
    void refusesOtherForms(String url) {
        assertThatThrownBy(() -> PostgresUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }
}
