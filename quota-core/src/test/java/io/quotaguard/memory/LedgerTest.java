package io.quotaguard.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The ledger in memory")
class LedgerTest {

    private final Bench bench = new Bench();

    private void use(String subject, String feature, long amount) {
        bench.accepted(
                bench.run(Operation.RECORD, bench.newKey(), new Line(subject, feature, amount, bench.terms(1000))));
    }

    private List<UsageRecord> records(UsageQuery query) {
        return bench.store().ledger().records(query, Bench.soon());
    }

    @Test
    @DisplayName("R42: a row says who, what, how much, what it came to, under which limit and key, and when")
    void row() {
        Line line = new Line("u", "f", 4, bench.terms(10));
        bench.accepted(bench.run(Operation.RECORD, "first", line));
        bench.accepted(bench.execute(
                new io.quotaguard.spi.Command(Operation.RECORD, "second", List.of(line), Map.of("job", "nightly"))));

        UsageRecord newest = records(UsageQuery.of("u")).get(0);
        assertThat(newest)
                .isEqualTo(new UsageRecord(
                        2,
                        "u",
                        "f",
                        Bench.DAY,
                        UsageRecord.Operation.RECORD,
                        4,
                        8,
                        line.terms().limit(),
                        0,
                        Map.of(),
                        "second",
                        null,
                        null,
                        false,
                        Map.of("job", "nightly"),
                        bench.now()));
    }

    @Test
    @DisplayName("Rows come newest first over features and windows, page by page, without a gap or a repeat")
    void pages() {
        for (int i = 0; i < 60; i++) {
            use("u", "f" + i % 3, 1);
            use("someone else", "f0", 1);
            bench.pass(Duration.ofHours(5));
        }
        List<Long> ids = new ArrayList<>();
        UsageQuery query = UsageQuery.of("u").pageSize(7);
        List<UsageRecord> page = records(query);
        while (!page.isEmpty()) {
            page.forEach(row -> ids.add(row.id()));
            page = records(query.before(ids.get(ids.size() - 1)));
        }

        assertThat(ids).hasSize(60).doesNotHaveDuplicates().isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(records(UsageQuery.of("u").feature("f1")))
                .hasSize(20)
                .allSatisfy(row -> assertThat(row.feature()).isEqualTo("f1"));
    }

    @Test
    @DisplayName("Rows are cut by time: from is in, to is out")
    void between() {
        Instant first = bench.now();
        use("u", "f", 1);
        bench.pass(Duration.ofMinutes(1));
        use("u", "f", 2);
        bench.pass(Duration.ofMinutes(1));
        use("u", "f", 3);

        assertThat(records(UsageQuery.of("u").between(first, bench.now())))
                .extracting(UsageRecord::amount)
                .containsExactly(2L, 1L);
        assertThat(records(UsageQuery.of("nobody"))).isEmpty();
    }

    @Test
    @DisplayName("Spans are cut at the bounds asked for; a reset takes units back and is no use")
    void sums() {
        Instant start = bench.now();
        use("u", "b", 5);
        bench.pass(Duration.ofHours(6));
        use("u", "a", 1);
        use("u", "a", 2);
        bench.accepted(bench.run(Operation.RESET, "r", new Line("u", "a", 0, bench.terms(1000))));
        bench.accepted(bench.run(Operation.RESET, "r2", new Line("u", "a", 0, bench.terms(1000))));
        Instant later = bench.now();

        assertThat(sums(null, start, later, later.plusSeconds(1)))
                .containsExactly(new UsageSum("a", 1, 0, 2, 0), new UsageSum("b", 0, 5, 1, 0));
        assertThat(sums("b", start, later)).containsExactly(new UsageSum("b", 0, 5, 1, 0));
        assertThat(sums(null, start.plusNanos(1000), later))
                .as("what lies before the first bound, and at the last")
                .isEmpty();
    }

    private List<UsageSum> sums(@Nullable String feature, Instant... bounds) {
        return bench.store().ledger().sums("u", feature, List.of(bounds), Bench.soon());
    }

    @Test
    @DisplayName(
            "R42: verify finds a counter that differs from its rows and writes nothing; repair mends and audits it")
    void verifyAndRepair() {
        use("u", "f", 5);
        use("v", "f", 7);
        bench.store().corrupt("v", "f", Bench.DAY, 70);
        Drift drift = new Drift("v", "f", Bench.DAY, 70, 7);

        assertThat(bench.store().ledger().verify(Bench.soon())).containsExactly(drift);
        assertThat(bench.used("v")).isEqualTo(70);

        Change change = Change.by("operator").because("counted wrong").key("repair-1");
        assertThat(bench.store().ledger().repair(change, Bench.soon())).containsExactly(drift);
        assertThat(bench.used("v")).isEqualTo(7);
        assertThat(bench.used("u")).isEqualTo(5);
        assertThat(bench.store().ledger().verify(Bench.soon())).isEmpty();
        assertThat(bench.store().ledger().repair(change, Bench.soon())).isEmpty();

        CatalogQuery query = CatalogQuery.about(Entity.COUNTER).name("v");
        List<CatalogEntry> audit = bench.store().catalog().history(query, Bench.soon());
        assertThat(audit).hasSize(1);
        assertThat(audit.get(0).change()).isEqualTo(change);
        assertThat(audit.get(0).differences()).hasToString("[used: 70 → 7]");
        assertThat(audit.get(0).at()).isEqualTo(bench.now());
    }
}
