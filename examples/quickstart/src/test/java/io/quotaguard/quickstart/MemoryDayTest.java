package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Alert;
import io.quotaguard.model.Decision;
import io.quotaguard.model.FeatureUsage;
import io.quotaguard.model.PoolOverview;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.Verdict;
import io.quotaguard.quickstart.Answer.Kind;
import io.quotaguard.quickstart.LogLine.Action;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The shipped day on the memory store")
class MemoryDayTest {
    private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());
    private static final Instant MIDNIGHT = Instant.parse("2026-03-31T16:00:00Z");

    private static Day day;

    @BeforeAll
    static void replay() throws InterruptedException {
        day = replay(RequestLog.shipped(), 4);
    }

    static Day replay(RequestLog log, int threads) throws InterruptedException {
        try (Backend backend = new MemoryBackend(log.start())) {
            return Day.replay(log, backend, threads, SILENT);
        }
    }

    @Test
    @DisplayName("answers every line, and some of every kind")
    void answersEveryLine() {
        assertThat(day.answers()).hasSameSizeAs(day.log().lines());
        Map<Kind, Long> kinds =
                day.answers().stream().collect(Collectors.groupingBy(Answer::kind, Collectors.counting()));
        assertThat(kinds).containsOnlyKeys(Kind.values()).containsEntry(Kind.CONFLICT, 2L);
        assertThat(kinds.get(Kind.ALLOWED)).isGreaterThan(1_500);
        assertThat(kinds.get(Kind.REFUSED)).isGreaterThan(100);
        assertThat(kinds.get(Kind.REPLAYED)).isGreaterThan(100);
    }

    @Test
    @DisplayName("is proven: R1, R7, R33, R35, R40 and R42 hold when read back")
    void isProven() {
        assertThat(day.proofs()).hasSize(7).allMatch(Proof::holds);
    }

    @Test
    @DisplayName(
            "R1, R40: a team's programs and members that race for 400 units get exactly 400, and next month starts anew")
    void teamGetsExactlyItsLimit() {
        Predicate<Verdict> ofPool = verdict ->
                verdict.subject().equals("team-aurora") && verdict.feature().equals(Offer.DISTILLATION);
        Map<Boolean, Long> unitsByBeforeMidnight = day.answers().stream()
                .filter(answer -> answer.kind() == Kind.ALLOWED)
                .collect(Collectors.partitioningBy(
                        answer -> answer.line().at().isBefore(MIDNIGHT),
                        Collectors.summingLong(answer -> answer.decision().orElseThrow().verdicts().stream()
                                .filter(ofPool)
                                .mapToLong(Verdict::amount)
                                .sum())));
        assertThat(unitsByBeforeMidnight.get(true)).isEqualTo(400);
        assertThat(unitsByBeforeMidnight.get(false)).isBetween(61L, 399L);
    }

    @Test
    @DisplayName("R40: a team's members share its pool, each sees his part, and one has a cap of his own")
    void teamSharesItsPool() {
        PoolOverview aurora = day.pools().get(0);
        assertThat(aurora.members()).containsExactly("aurora-1", "aurora-2", "aurora-3", "aurora-4");
        for (FeatureUsage pool : aurora.overview().features()) {
            long used = pool.counter().used();
            assertThat(used).isPositive().isLessThanOrEqualTo(pool.limit().units());
            assertThat(aurora.shares(pool.feature()).stream()
                            .mapToLong(PoolShare::units)
                            .sum())
                    .isEqualTo(used);
        }
        assertThat(refusals("aurora-4", Offer.PUBLISH)).contains("aurora-4");
        assertThat(refusals("aurora-1", Offer.PUBLISH)).containsOnly("team-aurora");
        assertThat(refusals("borealis-1", Offer.ARTICLES)).contains("borealis-1");
    }

    /** Returns whose limits refused what {@code subject} asked for. */
    private static Set<String> refusals(String subject, String feature) {
        return day.answers().stream()
                .filter(answer -> answer.line().subject().equals(subject))
                .flatMap(answer -> answer.decision().stream())
                .flatMap(decision -> decision.refused().stream())
                .filter(verdict -> verdict.feature().equals(feature))
                .map(Verdict::subject)
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName("R20: who upgrades at noon goes on at once, keeping what was used")
    void upgradeHelpsAtOnce() {
        List<Verdict> verdicts = day.answers().stream()
                .filter(answer -> answer.line().subject().equals("user-19"))
                .flatMap(answer -> answer.ownVerdict().stream())
                .filter(verdict -> verdict.feature().equals(Offer.ARTICLES))
                .toList();
        assertThat(verdicts)
                .anyMatch(verdict ->
                        !verdict.allowed() && "free".equals(verdict.source().plan()));
        assertThat(verdicts)
                .anyMatch(verdict -> verdict.allowed()
                        && "pro".equals(verdict.source().plan())
                        && verdict.counter().used() == 6);
    }

    @Test
    @DisplayName("R27, R28, R33: each counter's alerts come once each and in ascending order")
    void alertsComeInOrder() {
        record Arming(String subject, String feature, Instant window, long generation) {}
        Map<Arming, List<Integer>> thresholds = day.alerts().stream()
                .collect(Collectors.groupingBy(
                        alert -> new Arming(
                                alert.subject(), alert.feature(), alert.window().start(), alert.generation()),
                        Collectors.mapping(Alert::threshold, Collectors.toList())));
        assertThat(thresholds.get(
                        new Arming("team-aurora", Offer.DISTILLATION, Instant.parse("2026-02-28T16:00:00Z"), 0)))
                .containsExactly(80, 95, 100);
        assertThat(thresholds).hasSizeGreaterThan(50);
        // Who upgrades, or is refunded, may meet 80 % once more: re-armed (R29), that is another generation.
        thresholds.forEach(
                (arming, fired) -> assertThat(fired).as("%s", arming).isSorted().doesNotHaveDuplicates());
    }

    @Test
    @DisplayName("R34, R35: a generation that failed is no use, and whoever asks again soon is served")
    void failedGenerationsAreReleased() {
        List<LogLine> failed = day.answers().stream()
                .filter(answer -> answer.kind() == Kind.FAILED)
                .map(Answer::line)
                .toList();
        assertThat(failed)
                .hasSizeGreaterThan(15)
                .allMatch(line -> line.optionalField("failed").isPresent());
        Map<String, Kind> kinds = day.answers().stream()
                .filter(answer -> answer.line().optionalField("key").isPresent())
                .collect(Collectors.toMap(answer -> answer.line().field("key"), Answer::kind, (first, retry) -> first));
        assertThat(failed.stream()
                        .map(line -> kinds.get(line.field("key") + "-again"))
                        .filter(Objects::nonNull))
                .hasSizeGreaterThan(5)
                .containsOnly(Kind.ALLOWED);
    }

    @Test
    @DisplayName("a job of the night that wants more than is left gets exactly that, and a rerun the same")
    void nightlyJobsTakeWhatIsLeft() {
        List<Answer> jobs = answers(Action.NIGHTLY);
        assertThat(jobs.stream().map(Answer::kind).distinct())
                .containsExactlyInAnyOrder(Kind.ALLOWED, Kind.REFUSED, Kind.REPLAYED);
        for (Answer job : jobs) {
            Decision decision = job.decision().orElseThrow();
            long waiting = Long.parseLong(job.line().field("posts"));
            if (decision.granted() < waiting && job.kind() != Kind.REPLAYED) {
                assertThat(decision.remaining()).as("%s", job.line()).hasValue(0);
            }
        }
        assertThat(day.published().stream().filter(title -> title.startsWith("archive/")))
                .hasSize((int) jobs.stream()
                        .filter(job -> job.kind() == Kind.ALLOWED)
                        .mapToLong(job -> job.decision().orElseThrow().granted())
                        .sum());
    }

    @Test
    @DisplayName("R11: posts that come due together are decided each for itself, and again when they are sent again")
    void postsComeDueTogether() {
        Map<Kind, Long> kinds =
                answers(Action.SCHEDULED).stream().collect(Collectors.groupingBy(Answer::kind, Collectors.counting()));
        assertThat(kinds).containsOnlyKeys(Kind.ALLOWED, Kind.REFUSED, Kind.REPLAYED);
    }

    @Test
    @DisplayName("R37: a channel that did not answer costs nothing")
    void outagesAreRefunded() {
        List<Answer> refunded = answers(Action.PUBLISH).stream()
                .filter(answer -> answer.refund().isPresent())
                .toList();
        assertThat(refunded).hasSizeGreaterThan(5).allSatisfy(answer -> {
            assertThat(answer.line().optionalField("down")).isPresent();
            assertThat(answer.refund().orElseThrow().granted()).isEqualTo(1);
        });
    }

    private static List<Answer> answers(Action action) {
        return day.answers().stream()
                .filter(answer -> answer.line().action() == action)
                .toList();
    }

    @Test
    @DisplayName("does its work: files and keywords")
    void doesItsWork() {
        assertThat(day.published()).hasSizeGreaterThan(500).anyMatch(title -> title.matches("blog/pub-\\d+.txt: .+"));
        assertThat(day.keywords())
                .containsKey("rye bread")
                .allSatisfy((topic, words) -> assertThat(words).as(topic).hasSize(5));
        assertThat(day.keywords().get("rye bread")).contains("bread", "crust");
    }

    @Test
    @DisplayName("is decided as ever; who changes the log, the plans or a rule changes this number with a reason")
    void isDecidedAsEver() {
        assertThat(day.digest()).isEqualTo("3194c7a8cd0ce1ef6c0f3a565f010c13ab74c613f01cd4b862f1838c7e1bea87");
    }

    @Test
    @DisplayName("is decided the same by one thread and by nine")
    void doesNotDependOnThreads() throws InterruptedException {
        assertThat(replay(day.log(), 1).digest()).isEqualTo(day.digest());
        assertThat(replay(day.log(), 9).digest()).isEqualTo(day.digest());
    }

    @Test
    @DisplayName("would be decided otherwise with one request less")
    void digestTellsDaysApart() throws IOException, InterruptedException {
        RequestLog log = day.log();
        List<LogLine> fewer = log.lines().subList(0, log.lines().size() - 1);
        RequestLog shorter = new RequestLog(log.name(), fewer, log.accounts());
        assertThat(replay(shorter, 4).digest()).isNotEqualTo(day.digest());
    }
}
