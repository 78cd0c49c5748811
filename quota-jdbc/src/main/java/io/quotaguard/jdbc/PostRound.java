package io.quotaguard.jdbc;

import io.quotaguard.jdbc.BatchLayout.CounterKey;
import io.quotaguard.jdbc.BatchLayout.Entry;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import io.quotaguard.model.Window;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Plain uses that a store in front of this one decided, for {@code quota_post}. Used by one thread. */
final class PostRound implements Round {
    private final List<Decided> decided;
    private final BatchLayout batch;
    private final List<PostedTerms> terms;
    /** For each use, and for each counter, the place of its terms among these, from 1. */
    private final int[] ofUses;

    private final int[] ofCounters;

    /** What a ledger row and the alerts are made by: what is verified before a decision does not matter after it. */
    private record PostedTerms(String feature, Window window, Limit limit, Thresholds thresholds, LimitSource source) {
        static PostedTerms of(Line line) {
            Terms terms = line.terms();
            return new PostedTerms(line.feature(), terms.window(), terms.limit(), terms.thresholds(), terms.source());
        }

        long alarm() {
            return AlertLevels.first(limit, thresholds);
        }
    }

    /** Takes uses that it {@linkplain #carries carries}, each with a key of its own. */
    PostRound(List<Decided> decided) {
        this.decided = decided;
        this.batch = new BatchLayout(ChargeRound.posts(decided));
        this.ofUses = new int[decided.size()];
        this.ofCounters = new int[batch.counters().size()];
        Map<PostedTerms, Integer> places = new HashMap<>();
        for (int i = 0; i < ofUses.length; i++) {
            Line line = batch.entries().get(i).line();
            ofUses[i] = places.computeIfAbsent(PostedTerms.of(line), one -> places.size() + 1);
            ofCounters[batch.place(line) - 1] = ofUses[i];
        }
        this.terms = places.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Tells whether it is no more than the use of one counter, without grants, in a window that had not ended. */
    static boolean carries(Decided decided) {
        List<Line> lines = decided.command().lines();
        Line line = lines.get(0);
        return lines.size() == 1
                && line.origin() == null
                && !line.terms().granted()
                && line.amount() > 0
                && line.amount() <= Units.MAX
                && line.terms().window().contains(decided.at());
    }

    @Override
    public List<Command> commands() {
        return batch.commands();
    }

    @Override
    public SchemaFunction function() {
        return SchemaFunction.POST;
    }

    @Override
    public List<Round> oneByOne() {
        List<Round> rounds = new ArrayList<>();
        decided.forEach(each -> rounds.add(ChargeRound.posting(List.of(each))));
        return rounds;
    }

    @Override
    public void bind(Arguments arguments, int lockTimeoutMillis) throws SQLException {
        arguments.number(lockTimeoutMillis);
        arguments.texts(terms, PostedTerms::feature);
        arguments.instants(terms, each -> Times.text(each.window().start()));
        arguments.instants(terms, each -> Times.endText(each.window().end()));
        arguments.longs(terms, each -> each.limit().units());
        arguments.longs(terms, PostedTerms::alarm);
        arguments.texts(terms, each -> Arguments.thresholds(each.thresholds()));
        arguments.texts(terms, each -> each.source().kind().name());
        arguments.texts(terms, each -> each.source().plan());
        arguments.longs(terms, each -> each.source().planVersion());
        arguments.texts(batch.counters(), CounterKey::subject);
        arguments.array("int4", ofCounters);
        List<Entry> uses = batch.entries();
        arguments.ints(uses, use -> batch.place(use.line()));
        arguments.array("int4", ofUses);
        arguments.longs(uses, use -> use.line().amount());
        arguments.texts(uses, use -> use.command().key());
        arguments.uuids(uses, Entry::identity);
        arguments.longs(uses, use -> use.command().fingerprint().value());
        if (uses.stream().allMatch(use -> use.command().metadata().isEmpty())) {
            arguments.nothing(1);
        } else {
            arguments.texts(uses, use -> ChargeRound.metadata(use.command()));
        }
        arguments.instants(decided, each -> Times.text(each.at()));
    }

    @Override
    public Reply read(ResultSet rows) throws SQLException {
        return BatchReply.read(batch, rows);
    }
}
