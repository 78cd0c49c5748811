package io.quotaguard.hostile;

import io.quotaguard.QuotaGuard;
import io.quotaguard.Reservation;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Change;
import io.quotaguard.model.Correction;
import io.quotaguard.model.Decision;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.plan.PlansFile;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What is fed with hostile input: each throws when the input did what it must not. */
enum Targets implements Consumer<byte[]> {
    /** Names of everything: refused at the door by one printable line, or kept as they are and apart from others. */
    NAMES {
        @Override
        public void accept(byte[] bytes) {
            Input input = new Input(bytes);
            String name = input.text();
            String other = input.text();
            onGuard(name, quota -> {
                Usage usage = Usage.of(name, name).key(name).with(name, name);
                Decision decision = quota.checkAndRecord(usage);
                require(decision.subject().equals(name) && decision.feature().equals(name), "another name came back");
                require(quota.checkAndRecord(usage).replayed(), "the key was not found again");
                UsageRecord row = quota.usage().records(UsageQuery.of(name)).get(0);
                require(name.equals(row.key()) && name.equals(row.metadata().get(name)), "the row has another name");
                Decision ofOther = quota.check(Usage.of(other, name));
                require(other.equals(name) || ofOther.used() == 0, "two names share a counter");
            });
        }
    },

    /** Requests of any amounts, keys and times: the limit holds and the ledger adds up. */
    REQUESTS {
        @Override
        public void accept(byte[] bytes) {
            Input input = new Input(bytes);
            onGuard("plan", quota -> {
                for (int i = 0; i < 20 && !input.isOver(); i++) {
                    tolerate(() -> request(quota, input));
                }
                require(quota.usage().verify(Duration.ofMinutes(1)).isEmpty(), "the ledger does not add up");
                Decision look = quota.check("s", "plan");
                require(look.used() <= LIMIT && look.used() >= 0 && look.held() >= 0, "over: " + look);
            });
        }
    },

    /** Texts of metadata, reasons and descriptions: kept as they are, or refused by one printable line. */
    METADATA {
        @Override
        public void accept(byte[] bytes) {
            Input input = new Input(bytes);
            onGuard("plan", quota -> {
                Usage usage = Usage.of("s", "plan");
                String name = input.text();
                String text = input.text() + input.text();
                quota.checkAndRecord(usage.with(name, text));
                UsageRecord row = quota.usage().records(UsageQuery.of("s")).get(0);
                require(text.equals(row.metadata().get(name)), "another text came back");
                Change change = new Change(name, text, name);
                quota.subscriptions().subscribe("s", "plan", change);
                require(
                        quota.subscriptions().history("s", 1).get(0).change().equals(change),
                        "another reason came back");
            });
        }
    },

    /** Plans files: read and written again as they were, or refused by one printable line. */
    PLANS_FILE {
        @Override
        public void accept(byte[] bytes) {
            tolerate(() -> {
                PlansFile file = PlansFile.parse(new Input(bytes).rest());
                require(PlansFile.parse(file.toJson()).equals(file), "not the same when read again");
            });
        }
    };

    private static final long LIMIT = 1000;

    private static void request(QuotaGuard quota, Input input) {
        Usage usage = Usage.of("s", "plan").amount(input.number());
        String key = input.oneOf(3) == 0 ? input.text() : "k" + input.oneOf(3);
        switch (input.oneOf(7)) {
            case 0 -> quota.checkAndRecord(usage);
            case 1 -> quota.checkAndRecord(usage.key(key));
            case 2 -> quota.checkAndRecordUpTo(usage.key(key));
            case 3 -> quota.checkAndRecordAll(List.of(usage.key(key), Usage.of("t", "plan")));
            case 4 -> quota.usage().correct(Correction.ofKey("s", "plan", key).by(input.number()), Change.by("x"));
            case 5 -> hold(quota, usage.key(key), input);
            default -> quota.checkAndRecordEach(List.of(usage, usage.key(key)));
        }
    }

    private static void hold(QuotaGuard quota, Usage usage, Input input) {
        Reservation held = quota.reserve(usage, Duration.ofNanos(input.number()));
        switch (input.oneOf(4)) {
            case 0 -> held.commit(input.number());
            case 1 -> held.release();
            case 2 -> held.extend(Duration.ofSeconds(input.number()));
            default -> held.commit();
        }
    }

    /** Runs on a fresh guard whose default plan and its feature have this name. */
    private static void onGuard(String plan, Consumer<QuotaGuard> test) {
        tolerate(() -> {
            try (InMemoryQuotaStore store = new InMemoryQuotaStore();
                    QuotaGuard quota = QuotaGuard.builder(store).build()) {
                quota.plans()
                        .create(
                                Plan.named(plan)
                                        .limit(plan, LIMIT, ResetPeriod.NEVER)
                                        .build(),
                                Change.by("x"));
                quota.plans().setDefault(plan, Change.by("x"));
                test.accept(quota);
            }
        });
    }

    /** A refusal of the input is what it should be, as long as it can be printed. */
    private static void tolerate(Runnable test) {
        try {
            test.run();
        } catch (QuotaException e) {
            String message = String.valueOf(e.getMessage());
            require(
                    isPrintable(message),
                    "a message that cannot be printed: " + InvalidQuotaArgumentException.escape(message));
        }
    }

    /** Tells whether a text says in a log or on a terminal what it is, on one line. */
    static boolean isPrintable(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.LINE_SEPARATOR
                        || Character.getType(c) == Character.SURROGATE);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
