package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.quickstart.Options.Store;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The command line")
class OptionsTest {
    @Test
    @DisplayName("asks for PostgreSQL, four threads and the shipped log when it is empty")
    void hasDefaults() {
        assertThat(Options.parse()).isEqualTo(new Options(Store.POSTGRES, null, null, null, 4, null, false));
    }

    @Test
    @DisplayName("may name everything")
    void namesEverything() {
        String url = "jdbc:postgresql://db/test";
        Options options = Options.parse(
                "--store",
                "postgres",
                "--jdbc-url",
                url,
                "--user",
                "u",
                "--password",
                "p",
                "--threads",
                "7",
                "--log",
                "f");
        assertThat(options.jdbcUrl()).isEqualTo(url);
        assertThat(options.user()).isEqualTo("u");
        assertThat(options.password()).isEqualTo("p");
        assertThat(options.threads()).isEqualTo(7);
        assertThat(options.log()).hasToString("f");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("that makes no sense is refused with the reason")
    @CsvSource(delimiter = '|', textBlock = """
            --colour                                    | there is no option --colour
            --store                                     | --store needs a value
            --store reddis                              | --store is memory, postgres, redis or redis-alone, not reddis
            --threads 0                                 | --threads is a number from 1 to 64, not 0
            --threads many                              | --threads is a number from 1 to 64, not many
            --jdbc-url jdbc:mysql://x                   | --jdbc-url is like jdbc:postgresql:
            --user me                                   | --user and --password go with --jdbc-url
            --store memory --jdbc-url jdbc:postgresql:x | --jdbc-url goes with --store postgres
            --store redis --jdbc-url jdbc:postgresql:x  | --jdbc-url goes with --store postgres
            """)
    void isRefused(String words, String message) {
        assertThatThrownBy(() -> Options.parse(words.split(" ")))
                .isInstanceOf(Options.UsageException.class)
                .hasMessageContaining(message)
                .hasMessageEndingWith("--help lists the options");
    }
}
