package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quotaguard.model.Correction;
import io.quotaguard.model.Draw;
import io.quotaguard.model.Grant;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.StatisticsQuery;
import io.quotaguard.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Bad reservations, corrections, grants, pools, credits, lists and reads at every public entry")
class BadVocabularyTest extends Unchanging {
    private static final Usage USE = Usage.of(USER, ARTICLES);
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Instant NOON = Instant.parse("2126-03-10T12:00:00Z");
    private static final PlanFeature TERMS = PlanFeature.of("f", Limit.of(1), ResetPeriod.DAILY);
    private static final Grant GRANT = Grant.of(USER, ARTICLES, 1);
    private static final Correction CORRECTION =
            Correction.ofKey(USER, ARTICLES, "before").to(0);

    /** A call that is given a bad value, with the words that its error must hold. */
    private record Entry(String call, Consumer<BadVocabularyTest> bad, List<String> words) {
        Entry(String call, Consumer<BadVocabularyTest> bad, String... words) {
            this(call, bad, List.of(words));
        }

        @Override
        public String toString() {
            return call;
        }
    }

    static List<Entry> reservations() {
        return List.of(
                new Entry("hold nothing", t -> t.quota.reserve(missing(), TTL), "usage"),
                new Entry("no time to live", t -> t.quota.reserve(USE, missing()), "time to live"),
                new Entry("no time", t -> t.quota.reserve(USE, Duration.ZERO), "PT0S", "R34"),
                new Entry("less than a microsecond", t -> t.quota.reserve(USE, Duration.ofNanos(999)), "R34"),
                new Entry("negative time", t -> t.quota.reserve(USE, TTL.negated()), "PT-5M", "R34"),
                new Entry("31 days", t -> t.quota.reserve(USE, Duration.ofDays(31)), "PT720H", "R34"),
                new Entry("no id", t -> t.quota.reservation(missing()), "id of a reservation"),
                new Entry("empty id", t -> t.quota.reservation(""), "id of a reservation", "R34"),
                new Entry("hostile id", t -> t.quota.reservation("x\u0000'; --"), "\\u0000", "R34"),
                new Entry("call without a usage", t -> t.call(missing(), TTL), "usage"),
                new Entry("call without a time to live", t -> t.call(USE, missing()), "time to live"),
                new Entry("call without work", t -> t.work(missing()), "work"),
                new Entry("commit 0", t -> t.held(held -> held.commit(0)), "0", "R6"),
                new Entry("commit -1", t -> t.held(held -> held.commit(-1)), "-1", "R6"),
                new Entry("commit 2^53", t -> t.held(held -> held.commitAllowingMore(1L << 53)), "R6"),
                new Entry("extend by nothing", t -> t.held(held -> held.extend(missing())), "time to live"),
                new Entry("extend by no time", t -> t.held(held -> held.extend(Duration.ZERO)), "R34"));
    }

    static List<Entry> corrections() {
        Correction.Use use = Correction.ofKey(USER, ARTICLES, "before");
        return List.of(
                new Entry("no correction", t -> t.quota.usage().correct(missing(), BY), "correction"),
                new Entry("correction by nobody", t -> t.quota.usage().correct(CORRECTION, missing()), "R44"),
                new Entry("to -1", t -> use.to(-1), "-1", "R37"),
                new Entry("to 2^53", t -> use.to(1L << 53), "9007199254740992", "R37"),
                new Entry("by 0", t -> use.by(0), "0", "R37"),
                new Entry("by -1", t -> Correction.ofRow(1).by(-1), "-1", "R37"),
                new Entry("of nothing", t -> new Correction(null, null, null, null, 1, true), "subject"),
                new Entry("of no key", t -> new Correction(USER, ARTICLES, null, null, 1, true), "key"),
                new Entry("more than there is", t -> t.quota.usage().correct(use.to(4), BY), "4", "R37"),
                new Entry("all and more", t -> t.quota.usage().correct(use.by(4), BY), "4", "R37"),
                new Entry(
                        "of nobody's use",
                        t -> t.quota
                                .usage()
                                .correct(Correction.ofKey("x", "y", "z").to(0), BY),
                        "z",
                        "R37"),
                new Entry(
                        "of no row",
                        t -> t.quota.usage().correct(Correction.ofRow(0).to(0), BY),
                        "0",
                        "R37"));
    }

    static List<Entry> grantsAndPools() {
        return List.of(
                new Entry("no grant", t -> t.quota.grants().give(missing(), BY), "grant"),
                new Entry("grant by nobody", t -> t.quota.grants().give(GRANT, missing()), "R44"),
                new Entry("grant of 0", t -> Grant.of(USER, ARTICLES, 0), "0", "R6"),
                new Entry("grant of 2^53", t -> Grant.of(USER, ARTICLES, 1L << 53), "R6"),
                new Entry("grant from nowhere", t -> GRANT.source(missing()), "source"),
                new Entry("until the end of time", t -> GRANT.until(Instant.MAX), "9999"),
                new Entry("from the beginning of time", t -> GRANT.from(Instant.MIN), "9999"),
                new Entry("ends as it begins", t -> GRANT.from(NOON).until(NOON), "R39"),
                new Entry("void nothing", t -> t.quota.grants().voidGrant(USER, 99, BY), "99", "R38"),
                new Entry("void by nobody", t -> t.quota.grants().voidGrant(USER, 1, missing()), "R44"),
                new Entry("grants, page of 0", t -> t.quota.grants().history(USER, 0), "0", "R45"),
                new Entry("join by nobody", t -> t.quota.pools().join(USER, "team", missing()), "R44"),
                new Entry("join oneself", t -> t.quota.pools().join(USER, USER, BY), USER, "R40"),
                new Entry("leave by nobody", t -> t.quota.pools().leave(USER, missing()), "R44"),
                new Entry("members, page of 0", t -> t.quota.pools().members("team", null, 0), "0", "R45"),
                new Entry("members, page of 1001", t -> t.quota.pools().members("team", null, 1001), "R45"),
                new Entry("pools, page of -1", t -> t.quota.pools().history(USER, -1), "-1", "R45"),
                new Entry("rate of 0", t -> TERMS.drawing(0, "credits"), "0", "R6"),
                new Entry("rate of a million and one", t -> new Draw("credits", 1_000_001), "1000001", "R6"),
                new Entry("paid from itself", t -> TERMS.drawing(1, "f"), "f", "R40"));
    }

    static List<Entry> listsAndReads() {
        return List.of(
                new Entry("no list", t -> t.quota.checkAndRecordEach(missing()), "usages"),
                new Entry("a gap", t -> t.quota.checkAndRecordEach(Arrays.asList(USE, missing())), "usage"),
                new Entry("10,001", t -> t.quota.checkAndRecordEach(Collections.nCopies(10_001, USE)), "10001", "R45"),
                new Entry("up to nothing", t -> t.quota.checkAndRecordUpTo(missing()), "usage"),
                new Entry("no statistics", t -> t.quota.usage().statistics(missing()), "query"),
                new Entry("no grain", t -> new StatisticsQuery(USER, null, missing(), DAY, DAY, null), "grain"),
                new Entry("top since nowhere", t -> t.top(missing(), NOON, 1), "from"),
                new Entry("top to nowhere", t -> t.top(NOON, missing(), 1), "to"),
                new Entry("top backwards", t -> t.top(NOON, NOON.minusSeconds(1), 1), "R14"),
                new Entry("top of all time", t -> t.top(Instant.MIN, NOON, 1), "9999"),
                new Entry("top until the end of time", t -> t.top(NOON, Instant.MAX, 1), "9999"),
                new Entry("top 0", t -> t.top(NOON, NOON, 0), "0", "R45"),
                new Entry("top 1001", t -> t.top(NOON, NOON, 1001), "1001", "R45"));
    }

    private void call(Usage usage, Duration ttl) {
        unchecked(() -> quota.call(usage, ttl, () -> "never"));
    }

    private void work(java.util.concurrent.Callable<String> work) {
        unchecked(() -> quota.call(USE, work));
    }

    private static void unchecked(java.util.concurrent.Callable<String> call) {
        try {
            call.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("nothing here throws a checked exception", e);
        }
    }

    /** Ends a hold in a bad way; closing it frees what it holds. */
    private void held(Consumer<Reservation> bad) {
        try (Reservation held = quota.reserve(USE, TTL)) {
            bad.accept(held);
        }
    }

    private void top(Instant from, Instant to, int max) {
        quota.usage().top(ARTICLES, from, to, max);
    }

    @ParameterizedTest
    @MethodSource({"reservations", "corrections", "grantsAndPools", "listsAndReads"})
    @DisplayName("A bad argument is refused by an error that says what and why")
    void badArguments(Entry entry) {
        Throwable thrown = catchThrowable(() -> entry.bad().accept(this));

        assertThat(thrown)
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContainingAll(entry.words().toArray(String[]::new));
        assertThat(quota.check(USER, ARTICLES).held()).isZero();
    }
}
