package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A request log")
class RequestLogTest {
    private static final String GOOD = "2026-03-31T23:58:12+08:00 ann generate key=g-1 topic=\"rye bread\"";

    @Test
    @DisplayName("is read line by line; comments and blank lines do not count, but are numbered")
    void isRead() throws IOException {
        RequestLog log = read("# a comment\n\n" + GOOD + "\n");
        LogLine line = log.lines().get(0);
        assertThat(line.number()).isEqualTo(3);
        assertThat(line.at()).isEqualTo(Instant.parse("2026-03-31T15:58:12Z"));
        assertThat(line.subject()).isEqualTo("ann");
        assertThat(line.field("key")).isEqualTo("g-1");
        assertThat(line.field("topic")).isEqualTo("rye bread");
    }

    @Test
    @DisplayName(
            "knows accounts, their zones and teams from the lines that open accounts; a member without a zone has its team's")
    void knowsAccounts() throws IOException {
        RequestLog log = read("""
                2026-03-31T08:00:00Z ann join team=kites
                2026-03-31T08:00:00Z kites subscribe plan=team zone=Asia/Shanghai
                2026-03-31T08:00:00Z bob subscribe plan=seat zone=Europe/Zurich
                2026-03-31T08:00:00Z bob join team=kites
                """);
        assertThat(log.account("ann").zone()).hasToString("Asia/Shanghai");
        assertThat(log.account("ann").team()).contains("kites");
        assertThat(log.account("bob").zone()).hasToString("Europe/Zurich");
        assertThat(log.account("bob").team()).contains("kites");
        assertThat(log.account("stranger").team()).isEmpty();
        assertThat(log.teams()).containsExactly("kites");
        assertThat(log.subjects()).containsExactly("ann", "bob", "kites");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("that is malformed is refused with the line, what was expected and what was found")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nonsense                                               | expected TIME SUBJECT ACTION NAME=VALUE
            23:58 ann generate key=a topic=b                       | expected a time with its offset
            2026-03-31T23:59:00+08:00 ann delete key=a             | expected one of the actions subscribe, join, cap, upgrade, generate
            2026-03-31T23:59:00+08:00 ann generate key=a           | expected generate with topic=...
            2026-03-31T23:59:00+08:00 ann generate key=a topic="b  | expected name=value or name="some words", but found "topic=
            2026-03-31T23:59:00+08:00 ann generate key=a key=b     | expected each field once, but found "key"
            2026-03-31T23:59:00+08:00 ann publish key=a colour=red | expected a field of publish [key, channels, down], but found "colour"
            2026-03-31T23:59:00+08:00 ann nightly key=a posts=few  | expected a number of at most 9 digits
            2026-03-31T23:59:00+08:00 ann subscribe plan=a zone=Q  | expected a time zone
            2026-03-31T23:59:00+08:00 ann cap feature=a limit=-1   | expected a number of at most 9 digits
            2026-03-31T23:00:00+08:00 ann upgrade plan=pro         | expected a time not before 2026-03-31T23:58:12+08:00
            """)
    void isRefusedWhenMalformed(String second, String message) {
        assertThatThrownBy(() -> read(GOOD + "\n" + second + "\n"))
                .isInstanceOf(LogFormatException.class)
                .hasMessageStartingWith("line 2: ")
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("that would drive the terminal is shown escaped")
    void isShownEscaped() {
        assertThatThrownBy(() -> read("\u001b[31m\n")).hasMessageContaining("\\u001B[31m");
    }

    @Test
    @DisplayName("that is missing, empty or not in UTF-8 is refused")
    void mustBeText(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.log");
        assertThatThrownBy(() -> RequestLog.file(missing)).hasMessageContaining("there is no file");
        Path empty = Files.writeString(folder.resolve("empty.log"), "# nothing\n");
        assertThatThrownBy(() -> RequestLog.file(empty)).hasMessageContaining("has no requests");
        Path binary = Files.write(folder.resolve("binary.log"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> RequestLog.file(binary)).hasMessageContaining("not text in UTF-8");
    }

    static RequestLog read(String text) throws IOException {
        return RequestLog.read("test.log", new BufferedReader(new StringReader(text)));
    }
}
