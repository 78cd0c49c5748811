package io.quotaguard.quickstart;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.Alert;
import io.quotaguard.model.PoolOverview;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A replayed day: everything the summary tells.
 *
 * @param log what was asked
 * @param answers what became of each line, in the log's order
 * @param alerts in the order in which they were delivered
 * @param published the titles of the published articles, in the order of their files
 * @param keywords by distilled topic
 * @param pools what the teams have used in the end, by name
 * @param crashes what crashes between an article's row and its charge have left; empty where there are no such rows
 * @param proofs what was looked up afterwards
 */
record Day(
        RequestLog log,
        List<Answer> answers,
        List<Alert> alerts,
        List<String> published,
        Map<String, List<String>> keywords,
        List<PoolOverview> pools,
        Optional<CrashReport> crashes,
        List<Proof> proofs) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int KEYWORDS = 5;

    /** Replays {@code log} on {@code backend} and looks at what came of it. */
    static Day replay(RequestLog log, Backend backend, int threads, PrintStream progress) throws InterruptedException {
        AlertLog alerts = new AlertLog();
        // All that a host needs: a store, and a listener for alerts. The deadline is long because this may be a busy
        // laptop.
        try (Press press = new Press();
                QuotaGuard quota = QuotaGuard.builder(backend.store())
                        .listener(alerts)
                        .timeout(PATIENCE)
                        .build()) {
            Offer.createPlans(quota);
            Platform platform = new Platform(quota, log, press, backend.publications());
            List<Answer> answers = new Replay(log, backend, platform, threads).run(progress);
            List<Proof> proofs = new ArrayList<>(new LedgerProof(quota, log, answers).all());
            proofs.add(alertsArrived(quota, alerts));
            Optional<CrashReport> crashes = backend.crashes();
            crashes.map(CrashReport::proof).ifPresent(proofs::add);
            Map<String, List<String>> keywords = new TreeMap<>();
            platform.topics()
                    .forEach(topic -> keywords.put(topic, platform.library().keywords(topic, KEYWORDS)));
            List<PoolOverview> pools =
                    log.teams().stream().map(quota::poolOverview).toList();
            return new Day(log, answers, alerts.received(), press.titles(), keywords, pools, crashes, proofs);
        }
    }

    String digest() {
        return DecisionDigest.of(log, answers);
    }

    boolean proven() {
        return proofs.stream().allMatch(Proof::holds);
    }

    /** Waits for the last deliveries, which happen on the listener's own thread. */
    private static Proof alertsArrived(QuotaGuard quota, AlertLog alerts) throws InterruptedException {
        long fired = quota.alerts().statistics().total();
        boolean arrived = alerts.await(fired, PATIENCE);
        return new Proof(
                arrived,
                "every alert that fired was delivered",
                fired + " fired, " + alerts.received().size() + " delivered");
    }
}
