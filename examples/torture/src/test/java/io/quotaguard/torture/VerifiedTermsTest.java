package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.QuotaGuard;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanVersion;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageRecord.Operation;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Deadline;
import io.quotaguard.torture.check.Allowances;
import io.quotaguard.torture.check.Books;
import io.quotaguard.torture.check.Checker;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.check.Invariant;
import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import io.quotaguard.torture.history.Item;
import io.quotaguard.torture.history.TimeLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "D1: a row is dated a moment after its terms were verified, and no other plan may have been told before that")
class VerifiedTermsTest {
    private static final long FIRST = 10;
    private static final long SECOND = 20;
    private static final int ASKED_MILLIS = 900;
    private static final int CHANGED_MILLIS = 1_000;
    private static final int DATED_MILLIS = 1_050;

    private final List<Call> calls = new ArrayList<>(List.of(change()));
    private final List<UsageRecord> rows = new ArrayList<>();

    @Test
    @DisplayName("D1: a statement that saw the plan before the change may date its row after it")
    void verifiedBefore() {
        use("early", ASKED_MILLIS, DATED_MILLIS);

        assertThat(check().counts()).isEmpty();
    }

    @Test
    @DisplayName("D1: nobody who asks after the change is charged by the plan before it")
    void askedAfter() {
        use("late", CHANGED_MILLIS + 20, DATED_MILLIS);

        assertThat(check().counts()).containsOnlyKeys(Invariant.D1);
    }

    @Test
    @DisplayName("D1: nor is who had to wait for a counter that another was charged on after the change")
    void waitedUntilAfter() {
        use("first", ASKED_MILLIS, CHANGED_MILLIS + 20);
        use("second", ASKED_MILLIS, DATED_MILLIS);

        assertThat(check().violations())
                .singleElement()
                .satisfies(found -> assertThat(found.story().toString()).contains("with key second"));
    }

    private Findings check() {
        Books books = new Books(
                rows,
                Map.of(),
                List.of(),
                Map.of("moving", versions()),
                Map.of("anna", "moving"),
                Map.of("raise", 2L),
                List.of());
        return Checker.check(new History(calls, List.of(), new TimeLine(0, 0)), books, Allowances.NONE);
    }

    private static List<PlanVersion> versions() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore();
                QuotaGuard guard = QuotaGuard.builder(store).build()) {
            Change change = Change.by("test");
            Plan plan = guard.plans()
                    .create(
                            Plan.named("moving")
                                    .limit("hot", FIRST, ResetPeriod.NEVER)
                                    .build(),
                            change);
            guard.plans()
                    .update(
                            plan.edit()
                                    .replace(plan.feature("hot").orElseThrow().limit(SECOND))
                                    .build(),
                            change);
            List<PlanVersion> versions = store.catalog().versions("moving", Deadline.after(Duration.ofSeconds(20)));
            return versions.stream()
                    .map(version -> new PlanVersion(
                            version.plan(), at(version.plan().version() == 1 ? 0 : CHANGED_MILLIS - 10)))
                    .toList();
        }
    }

    private static Call change() {
        return new Call(
                "plans",
                1,
                nanos(CHANGED_MILLIS - 20),
                CallKind.PLAN_CHANGE,
                "raise",
                null,
                List.of(new Item("moving", "hot", SECOND)),
                new Call.End(nanos(CHANGED_MILLIS), Ending.OK, "raise", false, 0, List.of()));
    }

    /** A use by the first plan, whose answer was lost. */
    private void use(String key, int askedMillis, int datedMillis) {
        calls.add(new Call(
                "node",
                calls.size() + 1L,
                nanos(askedMillis),
                CallKind.USE,
                key,
                null,
                List.of(new Item("anna", "hot", 1)),
                new Call.End(nanos(2 * CHANGED_MILLIS), Ending.UNKNOWN, key, false, 0, List.of())));
        rows.add(new UsageRecord(
                rows.size() + 1L,
                "anna",
                "hot",
                new Window(Instant.EPOCH, null),
                Operation.RECORD,
                1,
                rows.size() + 1L,
                Limit.of(FIRST),
                0,
                Map.of(),
                key,
                null,
                null,
                false,
                Map.of(),
                at(datedMillis)));
    }

    private static Instant at(long millis) {
        return Instant.EPOCH.plusMillis(millis);
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
