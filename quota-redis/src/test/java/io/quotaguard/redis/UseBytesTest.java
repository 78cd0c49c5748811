package io.quotaguard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import io.quotaguard.spi.TimeOrderedKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A use as bytes (R7, R42)")
class UseBytesTest {
    private static final Instant START = Instant.parse("0001-01-01T00:00:00.000001Z");
    private static final Instant END = Instant.parse("9999-12-31T23:59:59.999999Z");

    @Test
    @DisplayName("R42: whatever a use says is read back as it was written")
    void roundTrip() {
        Integer[] percents = IntStream.rangeClosed(1, 1000).boxed().toArray(Integer[]::new);
        Terms most = new Terms(
                Standing.GRANTED,
                Limit.of(Units.MAX),
                Limit.unlimited(),
                Thresholds.of(percents),
                new LimitSource(LimitSource.Kind.PLAN, "plän {}", 7),
                new Window(START, END),
                START,
                END,
                new CatalogVersion(3, "plän {}", 7, CatalogVersion.NOT_USED));
        Terms least = new Terms(
                Standing.GRANTED,
                Limit.of(0),
                Limit.of(0),
                Thresholds.NONE,
                LimitSource.NONE,
                Window.PERMANENT,
                null,
                null,
                new CatalogVersion(0, null, 0, 0));
        Command command = new Command(
                Operation.RECORD,
                "kéy 😀",
                List.of(
                        new Line("a\"b", "f:{x}", Units.MAX, most),
                        new Line("team", "f", 1, least, new Origin("a\"b", "f:{x}", 9))),
                Map.of("line\nbreak", "värde\r\n"));

        assertThat(UseBytes.read(UseBytes.write(command), 0)).isEqualTo(command);
    }

    @Test
    @DisplayName("R42: a generated key is read back as it was written, and an ordinary use takes little room")
    void takesLittleRoom() {
        Terms terms = new Terms(
                Standing.GRANTED,
                Limit.of(1000),
                Limit.of(1000),
                Thresholds.DEFAULT,
                new LimitSource(LimitSource.Kind.PLAN, "free", 1),
                new Window(Instant.parse("2026-03-10T00:00:00Z"), Instant.parse("2026-03-11T00:00:00Z")),
                null,
                null,
                new CatalogVersion(1, "free", 1, CatalogVersion.NOT_USED));
        String key =
                TimeOrderedKey.of(TimeOrderedKey.tick(0, 1_773_144_000_000L)).toString();
        Command command =
                new Command(Operation.RECORD, key, List.of(new Line("user-4711", "articles", 1, terms)), Map.of());

        byte[] bytes = UseBytes.write(command);

        assertThat(UseBytes.read(bytes, 0)).isEqualTo(command);
        assertThat(bytes).hasSizeLessThan(100);
    }
}
