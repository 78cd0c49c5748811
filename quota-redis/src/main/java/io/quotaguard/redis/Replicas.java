package io.quotaguard.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits until replicas have what was decided ({@code WAIT}). Thread-safe.
 *
 * <p>It asks on connections of its own, since one that waits answers nothing else; and at once for everything that was
 * decided on a server by then: what is decided while a question is under way is asked about in the next.
 */
final class Replicas {
    /** How much later than by its time-out a question may be answered before the next is asked. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final RedisLink link;
    private final Script marker;
    private final Shards shards;
    private final Settings settings;
    private final Map<String, Server> servers = new ConcurrentHashMap<>();

    /**
     * What is waited for.
     *
     * @param count how many replicas; 0 to wait for none
     * @param timeout how long
     */
    record Settings(int count, Duration timeout) {
        static final Settings NONE = new Settings(0, Duration.ZERO);
    }

    /** A use that was decided in a shard, in one history of writes. */
    private record Decided(int shard, String lineage) {}

    Replicas(RedisLink link, Scripts scripts, Shards shards, Settings settings) {
        this.link = link;
        this.marker = scripts.replicas;
        this.shards = shards;
        this.settings = settings;
    }

    Round round() {
        return new Round();
    }

    /** What was decided by one list of commands. Used by one thread. */
    final class Round {
        private final Map<Decided, CompletionStage<Long>> confirmed = new LinkedHashMap<>();
        private final Map<Integer, Decided> places = new LinkedHashMap<>();

        /** Has replicas asked for a use, which stands at a place of the list. */
        void add(int place, int shard, String lineage) {
            if (settings.count() > 0) {
                Decided decided = new Decided(shard, lineage);
                places.put(place, decided);
                confirmed.computeIfAbsent(decided, Replicas.this::confirm);
            }
        }

        /** Makes the outcomes unknown of which too few replicas have heard in time. */
        void await(@Nullable Outcome[] outcomes, Deadline deadline) {
            places.forEach((place, decided) -> {
                CompletionStage<Long> answer = confirmed.get(decided);
                if (answer != null) {
                    outcomes[place] = outcome(outcomes[place], answer, deadline);
                }
            });
        }

        private @Nullable Outcome outcome(@Nullable Outcome outcome, CompletionStage<Long> answer, Deadline deadline) {
            try {
                long replicas = RedisLink.await(
                        answer, deadline, settings.timeout().plus(GRACE).plus(GRACE));
                return replicas >= settings.count() ? outcome : unknown(replicas, null);
            } catch (RedisFault e) {
                return unknown(0, e);
            }
        }

        private Outcome unknown(long replicas, @Nullable RedisFault cause) {
            return new Outcome.Unknown(new RedisFault(
                    "the use is recorded, but " + replicas + " of " + settings.count()
                            + " replicas have confirmed it within " + settings.timeout()
                            + ", so that it may be lost with the server (F1)",
                    cause,
                    true));
        }
    }

    private CompletionStage<Long> confirm(Decided decided) {
        String node = link.nodeOf(shards.shardKey(decided.shard()));
        return servers.computeIfAbsent(node, Server::new).confirm(decided);
    }

    /** One server, which is asked one question at a time. */
    private final class Server {
        private final String node;
        private @Nullable Question next;
        private boolean asking;

        Server(String node) {
            this.node = node;
        }

        synchronized CompletionStage<Long> confirm(Decided decided) {
            Question question = next == null ? new Question() : next;
            next = question;
            question.about.add(decided);
            if (!asking) {
                askNext();
            }
            return question.answer.thenApply(answer -> answer.of(decided));
        }

        private synchronized void askNext() {
            Question question = next;
            next = null;
            asking = question != null;
            if (question != null) {
                CompletionStage<Answer> asked = link.aside(node)
                        .thenCompose(on -> ask(on, question.about))
                        .toCompletableFuture()
                        .orTimeout(settings.timeout().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
                asked.whenComplete((answer, thrown) -> {
                    askNext();
                    if (thrown == null) {
                        question.answer.complete(answer);
                    } else {
                        question.answer.completeExceptionally(thrown);
                    }
                });
            }
        }
    }

    private CompletionStage<Answer> ask(RedisClusterAsyncCommands<String, byte[]> on, Set<Decided> about) {
        Map<Decided, CompletableFuture<Long>> marked = new LinkedHashMap<>();
        for (Decided decided : about) {
            String[] keys = {shards.shardKey(decided.shard())};
            marked.put(
                    decided,
                    on.<Long>eval(marker.text(), ScriptOutputType.INTEGER, keys, Ascii.of(decided.lineage()))
                            .toCompletableFuture()
                            // Its shard is somewhere else by now; that says nothing about the others.
                            .exceptionally(thrown -> 0L));
        }
        return on.waitForReplication(
                        settings.count(), Math.max(1, settings.timeout().toMillis()))
                .thenApply(replicas -> new Answer(replicas, marked));
    }

    private static final class Question {
        private final Set<Decided> about = new LinkedHashSet<>();
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    }

    /**
     * How many replicas have everything up to the marks, which are answered before.
     *
     * @param marked of what was decided, 1 if the server has it still
     */
    private record Answer(long replicas, Map<Decided, CompletableFuture<Long>> marked) {
        long of(Decided decided) {
            CompletableFuture<Long> mark = marked.get(decided);
            return mark == null || mark.getNow(0L) == 0 ? 0 : replicas;
        }
    }
}
