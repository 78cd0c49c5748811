package io.quotaguard.benchmarks;

import io.quotaguard.QuotaGuard;
import io.quotaguard.model.LimitSource;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A plan change at scale: what an edit costs with few and with many subscribers ({@link EditCost}), and what callers
 * notice while a plan is edited again and again ({@link ChecksDuringEdits}).
 */
final class PlanChangeBenchmark {
    /** Sizes of crowds, as parts of the largest one. */
    private static final List<Integer> PARTS = List.of(1_000, 10, 1);

    private final PlanChangeOptions options;
    private final PrintStream out;

    private PlanChangeBenchmark(PlanChangeOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * What was measured on one store.
     *
     * @param unused what an edit cost while nobody had used anything, by its plan's subscribers, the fewest first
     * @param checks what callers noticed
     * @param used what an edit cost when the calls had left their counters and ledger
     */
    record Report(List<EditCost> unused, List<ChecksDuringEdits> checks, List<EditCost> used) {}

    /** Runs what the options ask for; returns the reports in the order of the stores. */
    static List<Report> run(PrintStream out, String... args) throws InterruptedException {
        if (List.of(args).contains("--help")) {
            out.print(PlanChangeOptions.HELP);
            return List.of();
        }
        PlanChangeOptions options = PlanChangeOptions.parse(args);
        List<Report> reports = new ArrayList<>();
        for (PlanChangeOptions.Store store : options.stores()) {
            try (StoreUnderTest tested = open(store, options)) {
                reports.add(new PlanChangeBenchmark(options, out).measure(tested));
            }
        }
        return reports;
    }

    private static StoreUnderTest open(PlanChangeOptions.Store store, PlanChangeOptions options) {
        return switch (store) {
            case POSTGRES -> new PostgresUnderTest(options.threads());
            case MEMORY -> new MemoryUnderTest();
        };
    }

    private Report measure(StoreUnderTest store) throws InterruptedException {
        out.println(store.description());
        out.println();
        try (QuotaGuard admin = guard(store)) {
            List<EditedPlan> plans = subscribe(store, admin);
            List<EditCost> unused = EditCost.measure(store, plans, options);
            EditCost.print("before any use", unused, out);
            EditedPlan largest = plans.get(plans.size() - 1);
            List<ChecksDuringEdits> checks = ChecksDuringEdits.measure(store, largest, options);
            ChecksDuringEdits.print(checks, out);
            List<EditCost> used = EditCost.measure(store, plans, options);
            EditCost.print("after the calls", used, out);
            return new Report(unused, checks, used);
        }
    }

    private static QuotaGuard guard(StoreUnderTest store) {
        return QuotaGuard.builder(store.administration()).build();
    }

    private List<EditedPlan> subscribe(StoreUnderTest store, QuotaGuard admin) {
        long start = System.nanoTime();
        List<EditedPlan> plans = new ArrayList<>();
        long subscribers = 0;
        for (int size : sizes()) {
            Crowd crowd = new Crowd("plan-of-" + size, size);
            plans.add(EditedPlan.create(admin, crowd));
            store.subscribe(crowd);
            subscribers += size;
            requireSubscribed(admin, crowd);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        out.println("  " + subscribers + " subscriptions made in " + seconds + " s");
        out.println();
        return plans;
    }

    /** One subscriber, and then a thousandth, a tenth and all of the largest crowd. */
    private List<Integer> sizes() {
        List<Integer> sizes = new ArrayList<>(List.of(1));
        for (int part : PARTS) {
            int size = options.subscribers() / part;
            if (size > sizes.get(sizes.size() - 1)) {
                sizes.add(size);
            }
        }
        return sizes;
    }

    /** The crowd was not subscribed one by one through the library, so the library is asked whether it is subscribed. */
    private static void requireSubscribed(QuotaGuard admin, Crowd crowd) {
        for (int number : new int[] {0, crowd.size() / 2, crowd.size() - 1}) {
            String subject = crowd.subject(number);
            LimitSource source = admin.check(subject, EditedPlan.FEATURE).source();
            if (source.kind() != LimitSource.Kind.PLAN || !crowd.plan().equals(source.plan())) {
                throw new IllegalStateException(subject + " should have " + crowd.plan() + " but has " + source);
            }
        }
    }
}
