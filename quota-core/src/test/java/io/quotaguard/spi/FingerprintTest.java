package io.quotaguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R8: the fingerprint of a request")
class FingerprintTest {
    private static final Terms TERMS = new Terms(
            Standing.GRANTED,
            Limit.of(1),
            Limit.of(1),
            Thresholds.NONE,
            LimitSource.NONE,
            Window.PERMANENT,
            null,
            null,
            new CatalogVersion(0, null, 0, 0));

    private static Line line(String subject, String feature, long amount) {
        return new Line(subject, feature, amount, TERMS);
    }

    private static long of(Operation operation, Line... lines) {
        return new Command(operation, "key", List.of(lines), Map.of())
                .fingerprint()
                .value();
    }

    @Test
    @DisplayName("of one line is amount times sixteen and the operation, which SQL can compute too")
    void ofOneLine() {
        assertThat(of(Operation.RECORD, line("a", "b", 5))).isEqualTo(5 * 16 + 1);
        assertThat(of(Operation.RESET, line("a", "b", 0))).isEqualTo(2);
        assertThat(of(Operation.RECORD, line("a", "b", Units.MAX)))
                .isEqualTo(Units.MAX * 16 + 1)
                .isPositive();
    }

    @Test
    @DisplayName("R40: is of the uses alone: who else is charged on their behalf may change until a retry")
    void withoutWhoElseIsCharged() {
        Line use = line("a", "b", 5);
        Line other = line("a", "c", 5);
        Line pool = new Line("team", "b", 5, TERMS, new Origin("a", "b", 1));

        assertThat(of(Operation.RECORD, use, pool)).isEqualTo(of(Operation.RECORD, use));
        assertThat(of(Operation.RECORD, use, other, pool)).isEqualTo(of(Operation.RECORD, use, other));
    }

    @Test
    @DisplayName("R37: of a correction is of what it corrects too, even when it is of one line")
    void ofACorrection() {
        Line use = line("a", "b", 5);
        long one = correction(use, new UUID(0, 1));

        assertThat(one).isNegative().isEqualTo(correction(use, new UUID(0, 1)));
        assertThat(one).isNotEqualTo(correction(use, new UUID(0, 2)));
    }

    private static long correction(Line line, UUID corrected) {
        return new Command(Operation.CORRECT_BY, "key", List.of(line), Map.of(), new Target(corrected, 1, null))
                .fingerprint()
                .value();
    }

    @Test
    @DisplayName("of a post is that of the record that it stands for")
    void ofAPost() {
        Line one = line("a", "b", 5);
        Line two = line("a", "c", 5);

        assertThat(of(Operation.POST, one)).isEqualTo(of(Operation.RECORD, one));
        assertThat(of(Operation.POST, one, two)).isEqualTo(of(Operation.RECORD, one, two));
    }

    @Test
    @DisplayName("of several lines is negative, the same in any order, and another for any other lines")
    void ofSeveralLines() {
        List<Long> all = new ArrayList<>();
        all.add(of(Operation.RECORD, line("a", "b", 1), line("a", "c", 1)));
        all.add(of(Operation.RESET, line("a", "b", 1), line("a", "c", 1)));
        all.add(of(Operation.RECORD, line("a", "b", 1), line("a", "c", 2)));
        all.add(of(Operation.RECORD, line("a", "b", 2), line("a", "c", 1)));
        all.add(of(Operation.RECORD, line("a", "b", 1), line("b", "c", 1)));
        all.add(of(Operation.RECORD, line("a", "b", 1), line("a", "c", 1), line("a", "d", 1)));
        all.add(of(Operation.RECORD, line("ab", "", 1), line("a", "c", 1)));
        Set<Long> distinct = new HashSet<>(all);

        assertThat(distinct).hasSize(all.size()).allMatch(value -> value < 0);
        assertThat(of(Operation.RECORD, line("a", "c", 1), line("a", "b", 1))).isEqualTo(all.get(0));
    }
}
