package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Counter;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Fingerprint;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A log that keeps uses as numbers gives back every entry as it was added. */
class EntryLogTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00.123456789Z");

    private final Random random = new Random(14);
    private final WindowCounter counter = new WindowCounter(new Meter(new Owner("u", "f")), Window.PERMANENT, 1);
    private final EntryLog log = counter.log();
    private final List<LedgerEntry> model = new ArrayList<>();

    private static Terms terms(long limit) {
        return new Terms(
                Standing.GRANTED,
                Limit.of(limit),
                Limit.of(limit),
                Thresholds.NONE,
                new LimitSource(LimitSource.Kind.PLAN, "free", limit),
                Window.PERMANENT,
                null,
                null,
                new CatalogVersion(0, "free", 1, CatalogVersion.NOT_USED));
    }

    private LedgerEntry entry(Operation operation, Object key, long units, Terms terms, Instant at) {
        return new LedgerEntry(
                7L * (model.size() + 1),
                counter,
                operation,
                key,
                Fingerprint.ofUse(operation, units),
                units,
                new Counter(counter.used() + units, 0),
                terms.limit(),
                terms.source(),
                LedgerEntry.More.NOTHING,
                units % 5 == 4 ? Map.of("unit", "words") : Map.of(),
                at);
    }

    private void addOne(Terms terms, Instant at) {
        long units = 1L + random.nextInt(1000);
        LedgerEntry entry;
        switch (random.nextInt(4)) {
            case 0 -> {
                entry = entry(Operation.RECORD, "own " + model.size(), units - units % 5 + 1, terms, at);
                log.addGiven(entry.id(), entry.keyText(), entry.delta(), terms, at);
            }
            case 1 -> {
                entry = entry(Operation.UP_TO, "up to " + model.size(), units, terms, at);
                log.add(entry);
            }
            case 2 -> {
                entry = entry(Operation.RECORD, "long way " + model.size(), units, terms, at);
                log.add(entry);
            }
            default -> {
                entry = entry(Operation.RECORD, log.makeKey(at), units - units % 5 + 1, terms, at);
                log.addMade(entry.id(), (UUID) entry.key(), entry.delta(), terms, at);
            }
        }
        model.add(entry);
        counter.use(entry.delta());
    }

    @Test
    @DisplayName(
            "R7, R42: uses and other entries come back as they were, by place, by number and by the key that was made")
    void comesBack() {
        Instant at = START;
        Terms terms = terms(100);
        for (int n = 0; n < 3000; n++) {
            at = at.plusNanos(random.nextInt(3) * 999_999_937L);
            terms = random.nextInt(200) == 0 ? terms(n + 1) : terms;
            addOne(terms, at);
        }

        assertThat(log.size()).isEqualTo(model.size());
        assertThat(log.view()).isEqualTo(model);
        assertThat(log.others())
                .isEqualTo(model.stream()
                        .filter(entry -> !entry.hasMadeKey() && !entry.isEveryday())
                        .toList())
                .isNotEmpty();
        for (LedgerEntry entry : model) {
            assertThat(log.find(entry.id())).isEqualTo(entry);
            assertThat(log.find(entry.id() + 1)).isNull();
            if (entry.key() instanceof UUID made) {
                assertThat(log.find(made)).isEqualTo(entry);
                assertThat(log.find(new UUID(made.getMostSignificantBits(), 1))).isNull();
                assertThat(log.find(new UUID(made.getMostSignificantBits() - 1, 1)))
                        .isNull();
            }
        }
        assertThat(log.find(0)).isNull();
    }

    @Test
    @DisplayName("R19: whatever the store's clock does, entries keep their instants and made keys ascend")
    void anyClock() {
        List<Instant> clock = List.of(
                START,
                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                Instant.parse("0001-01-01T00:00:00Z"),
                START.minus(Duration.ofDays(365 * 130)),
                START.plus(Duration.ofDays(365 * 130)),
                Instant.EPOCH.minusNanos(1));
        for (int n = 0; n < 200; n++) {
            addOne(terms(5), clock.get(n % clock.size()));
        }

        assertThat(log.view()).isEqualTo(model);
        for (LedgerEntry entry : model) {
            if (entry.key() instanceof UUID made) {
                assertThat(log.find(made)).isEqualTo(entry);
            }
        }
    }

    @Test
    @DisplayName("R42: a view does not change with what is added later")
    void view() {
        addOne(terms(5), START);
        List<LedgerEntry> one = log.view();
        for (int n = 0; n < 100; n++) {
            addOne(terms(5), START);
        }

        assertThat(one).isEqualTo(model.subList(0, 1));
    }
}
