package io.quotaguard.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Hostile input, and what was found by it")
class HostileInputTest {
    private static final int DAMAGED = Integer.getInteger("soundness.damaged", 60);

    private static List<byte[]> corpus(Targets target) {
        Path folder = Path.of("src/test/resources/corpus", target.name().toLowerCase(Locale.ROOT));
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(HostileInputTest::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("R46: is refused by one printable line, or is ordinary data")
    void corpusAndDamage(Targets target) {
        List<byte[]> corpus = corpus(target);
        assertThat(corpus).isNotEmpty();
        corpus.forEach(target);
        Random random = new Random(20_261_123);
        for (int round = 0; round < DAMAGED; round++) {
            byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
            for (int n = random.nextInt(8); n >= 0 && bytes.length > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            target.accept(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "\u001B[31m", "\u202Ertl", "\u0085", "\u2028", "\uD800"})
    @DisplayName("H4: a message that forges lines or moves a terminal's cursor would be found out")
    void messagesAreLookedAt(String text) {
        assertThat(Targets.isPrintable("name " + text + " is refused")).isFalse();
    }
}
