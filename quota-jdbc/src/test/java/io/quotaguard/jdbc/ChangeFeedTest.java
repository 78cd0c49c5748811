package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogEntry.Entity;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.ChangeFeed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The audit, read backwards by people and forwards by nodes that must not overlook a change. */
class ChangeFeedTest extends StoreTest {
    @Test
    @DisplayName("a feed begins now, tells each change once, and then nothing until there is another")
    void eachOnce() {
        Catalogs.save(store, "before", null);
        ChangeFeed begun = changes(null, 10);
        assertThat(begun.entries()).isEmpty();
        assertThat(begun.more()).isFalse();

        Catalogs.save(store, "a", null);
        Catalogs.subscribe(store, "u", "a");
        Catalogs.override(store, FeatureOverride.ofLimit("u", "f", 3));
        Catalogs.makeDefault(store, "a");
        ChangeFeed all = changes(begun.cursor(), 10);

        assertThat(all.entries())
                .extracting(CatalogEntry::entity)
                .containsExactly(Entity.PLAN, Entity.SUBSCRIPTION, Entity.OVERRIDE, Entity.DEFAULT_PLAN);
        assertThat(all.more()).isFalse();
        assertThat(changes(all.cursor(), 10).entries()).isEmpty();
        assertThat(changes(begun.cursor(), 10).entries()).isEqualTo(all.entries());
    }

    @Test
    @DisplayName("a change that commits late, behind one with a larger id, is told once all the same")
    void lateCommit() throws SQLException {
        Catalogs.save(store, "a", null);
        String cursor = changes(null, 10).cursor();
        List<String> told = new ArrayList<>();

        try (Connection late = database.connect()) {
            late.setAutoCommit(false);
            insert(late, "late", Entity.PLAN);
            Catalogs.save(store, "early", null);
            ChangeFeed first = changes(cursor, 10);
            told.addAll(names(first));
            assertThat(told).containsExactly("early");
            Catalogs.save(store, "next", null);
            late.commit();

            ChangeFeed second = changes(first.cursor(), 10);
            told.addAll(names(second));
            told.addAll(names(changes(second.cursor(), 10)));
        }
        assertThat(told).containsExactly("early", "late", "next");
    }

    @Test
    @DisplayName("a round in pages keeps to what its first page saw; what is committed meanwhile comes in the next")
    void pages() throws SQLException {
        String begun = changes(null, 2).cursor();
        List<String> told = new ArrayList<>();
        try (Connection late = database.connect()) {
            late.setAutoCommit(false);
            insert(late, "late", Entity.PLAN);
            for (String code : List.of("p1", "p2", "p3", "p4")) {
                Catalogs.save(store, code, null);
            }
            ChangeFeed first = changes(begun, 2);
            told.addAll(names(first));
            assertThat(first.more()).isTrue();
            late.commit();
            Catalogs.save(store, "p5", null);

            ChangeFeed second = changes(first.cursor(), 2);
            told.addAll(names(second));
            assertThat(second.more()).isFalse();
            assertThat(told).containsExactly("p1", "p2", "p3", "p4");
            told.addAll(names(changes(second.cursor(), 2)));
        }
        assertThat(told).containsExactly("p1", "p2", "p3", "p4", "late", "p5");
    }

    @Test
    @DisplayName("what is undone is never told, nor is a repair, which changes no terms")
    void notTold() throws SQLException {
        String begun = changes(null, 2).cursor();
        try (Connection undone = database.connect()) {
            undone.setAutoCommit(false);
            insert(undone, "undone", Entity.PLAN);
            undone.rollback();
            insert(undone, "repaired", Entity.COUNTER);
            undone.commit();
        }
        ChangeFeed feed = changes(begun, 2);
        assertThat(feed.entries()).isEmpty();
        assertThat(feed.more()).isFalse();
    }

    @Test
    @DisplayName("a cursor that no store made is told as such")
    void badCursor() {
        for (String cursor : List.of("", "1", "1:2", "1:2:|3", "x:y:z", "1:2:|1:2:|x", "1:2:'")) {
            assertThatThrownBy(() -> changes(cursor, 10)).isInstanceOf(InvalidQuotaArgumentException.class);
        }
    }

    @Test
    @DisplayName("R44: the audit is asked for by actor and time, the first instant included and the last not")
    void history() {
        for (int i = 0; i < 4; i++) {
            database.setClock(Catalogs.START.plusSeconds(i));
            Change change = Change.by(i % 2 == 0 ? "ann" : "bob");
            Catalogs.apply(store, new CatalogCommand.SavePlan(Catalogs.plan("p" + i, null), 0, change));
        }
        CatalogQuery all = CatalogQuery.all();
        Instant second = Catalogs.START.plusSeconds(1);

        assertThat(names(all)).containsExactly("p3", "p2", "p1", "p0");
        assertThat(names(all.actor("ann"))).containsExactly("p2", "p0");
        assertThat(names(all.between(second, Catalogs.START.plusSeconds(3)))).containsExactly("p2", "p1");
        assertThat(names(all.between(second.plusNanos(1), null))).containsExactly("p3", "p2");
        assertThat(names(all.between(null, second.plusNanos(1)))).containsExactly("p1", "p0");
        assertThat(names(all.between(second, second))).isEmpty();
        assertThat(names(all.actor("bob").between(second, null).name("p3"))).containsExactly("p3");
        assertThat(store.catalog().history(all, Commands.soon())).allMatch(all::matches);
    }

    private ChangeFeed changes(@Nullable String cursor, int max) {
        return store.catalog().changes(cursor, max, Commands.soon());
    }

    private List<String> names(CatalogQuery query) {
        return store.catalog().history(query, Commands.soon()).stream()
                .map(CatalogEntry::name)
                .toList();
    }

    private static List<String> names(ChangeFeed feed) {
        return feed.entries().stream().map(CatalogEntry::name).toList();
    }

    private static void insert(Connection connection, String name, Entity entity) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO quotaguard.catalog_change (entity, name, actor, fingerprint, attempt, revision, at)"
                            + " VALUES ('" + entity + "', '" + name + "', 'test', '', gen_random_uuid(), 1, now())");
        }
    }
}
