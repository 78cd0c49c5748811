package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Anchor;
import io.quotaguard.model.Cadence;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Window;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Windows cut in SQL against windows cut in Java, over zones that both know alike. */
@TestInstance(Lifecycle.PER_CLASS)
class WindowParityTest {
    private static final long SEED = 20_261_122;
    private static final int CASES = 4000;
    private static final Instant FIRST = Instant.parse("1971-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("2036-12-31T00:00:00Z");
    private static final List<ResetPeriod> PERIODS = List.of(
            ResetPeriod.HOURLY,
            ResetPeriod.DAILY,
            ResetPeriod.WEEKLY,
            ResetPeriod.MONTHLY,
            ResetPeriod.YEARLY,
            ResetPeriod.NEVER,
            ResetPeriod.every(Duration.ofMinutes(15)),
            ResetPeriod.every(Duration.ofDays(10).plusSeconds(7)));

    private final Random random = new Random(SEED);
    private TestDatabase database = TestDatabase.migrated();
    private List<ZoneId> zones = List.of();

    @BeforeAll
    void agreeOnZones() throws SQLException {
        zones = zonesThatBothKnow();
        assertThat(zones).hasSizeGreaterThan(300);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @Test
    @DisplayName("R15, R16: a window in SQL is the window in Java, in every zone and on both sides of clock changes")
    void anchored() throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT * FROM quotaguard.quota_anchored_window(?, ?, ?, ?::timestamp, ?::timestamptz)")) {
            for (int i = 0; i < CASES; i++) {
                Anchor anchor = anchor();
                ResetPeriod period = PERIODS.get(random.nextInt(PERIODS.size()));
                Instant at = instantNear(anchor.zone());
                Window expected = period.windowAt(at, anchor);
                statement.setString(1, period.code());
                statement.setString(2, anchor.zone().getId());
                statement.setObject(3, fixedOffset(anchor.zone()));
                statement.setString(4, anchor.origin().toString());
                statement.setString(5, Times.text(at));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Window found = Times.window(row, "o_start", "o_end");
                    if (!found.equals(expected)) {
                        differences.add(period + " " + anchor + " at " + at + ": " + found + " for " + expected);
                    }
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    @DisplayName("R17: so is it after any number of changes of zone and anchor")
    void changed() throws SQLException {
        List<String> differences = new ArrayList<>();
        SubjectTables tables = new SubjectTables(new Database(new Connections(database.dataSource()), "quotaguard"));
        database.run("INSERT INTO quotaguard.plan (code, version, status) VALUES ('p', 1, 'ACTIVE')");
        for (int i = 0; i < 300; i++) {
            String subject = "s" + i;
            Cadence cadence = Cadence.of(anchor());
            Instant at = FIRST.plusSeconds(random.nextInt(1_000_000_000));
            for (int change = random.nextInt(5); change > 0; change--) {
                at = at.plusSeconds(random.nextInt(random.nextBoolean() ? 100_000 : 50_000_000));
                cadence = cadence.changedTo(anchor(), at);
            }
            differences.addAll(differences(tables, subject, cadence));
        }
        assertThat(differences).isEmpty();
    }

    private List<String> differences(SubjectTables tables, String subject, Cadence cadence) throws SQLException {
        List<String> differences = new ArrayList<>();
        try (Connection connection = database.connect();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT * FROM quotaguard.quota_window(?, ?, ?::timestamptz)")) {
            try (org.jdbi.v3.core.Handle handle = new Session(connection).handle()) {
                tables.saveRevision(handle, subject, 1);
                tables.save(
                        handle,
                        io.quotaguard.model.Subscription.to(
                                subject,
                                new io.quotaguard.model.Subscription.Phase(
                                        "p", null, FIRST, io.quotaguard.model.Subscription.Start.NOW),
                                io.quotaguard.model.Term.OPEN,
                                cadence));
            }
            for (int i = 0; i < 10; i++) {
                ResetPeriod period = PERIODS.get(random.nextInt(PERIODS.size()));
                int changes = cadence.changes().size();
                Instant around = changes == 0
                        ? instantNear(cadence.first().zone())
                        : cadence.changes().get(random.nextInt(changes)).at();
                Instant at = around.plusSeconds(random.nextInt(40_000_000) - 10_000_000L);
                Window expected = cadence.windowAt(period, at);
                statement.setString(1, subject);
                statement.setString(2, period.code());
                statement.setString(3, Times.text(at));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    Window found = Times.window(row, "o_start", "o_end");
                    if (!found.equals(expected)) {
                        differences.add(period + " " + cadence + " at " + at + ": " + found + " for " + expected);
                    }
                }
            }
        }
        return differences;
    }

    private Anchor anchor() {
        ZoneId zone = zones.get(random.nextInt(zones.size()));
        LocalDate day = LocalDate.of(1990 + random.nextInt(40), 1 + random.nextInt(12), 1)
                .plusDays(random.nextInt(31));
        LocalTime time = random.nextInt(3) == 0
                ? LocalTime.MIDNIGHT
                : LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1000);
        return Anchor.of(zone, random.nextInt(4) == 0 ? timeOfChange(zone) : day.atTime(time));
    }

    /** A local time that the clock skips or repeats. */
    private LocalDateTime timeOfChange(ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().nextTransition(instant());
        return change == null || change.getInstant().isAfter(LAST)
                ? LocalDateTime.of(2024, 2, 29, 2, 30)
                : change.getDateTimeBefore().plusMinutes(random.nextInt(120) - 30L);
    }

    private Instant instantNear(ZoneId zone) {
        Instant at = instant();
        ZoneOffsetTransition change = zone.getRules().nextTransition(at);
        return random.nextBoolean() || change == null || change.getInstant().isAfter(LAST)
                ? at
                : change.getInstant().plusSeconds(random.nextInt(200_000) - 100_000L);
    }

    private Instant instant() {
        return FIRST.plusSeconds(random.nextLong(Duration.between(FIRST, LAST).toSeconds()))
                .plusNanos(random.nextInt(1_000_000) * 1000L);
    }

    private static @Nullable Integer fixedOffset(ZoneId zone) {
        return zone.getRules().isFixedOffset()
                ? zone.getRules().getOffset(FIRST).getTotalSeconds()
                : null;
    }

    /** The two may carry different editions of the time zone data; where they differ neither is wrong. */
    private List<ZoneId> zonesThatBothKnow() throws SQLException {
        List<ZoneId> agreed =
                new ArrayList<>(List.of(ZoneOffset.UTC, ZoneOffset.ofHoursMinutes(5, 45), ZoneId.of("UTC+3")));
        TreeSet<String> names = new TreeSet<>(ZoneId.getAvailableZoneIds());
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement("""
                        SELECT extract(epoch FROM ((i AT TIME ZONE ?) - (i AT TIME ZONE 'UTC')))
                          FROM unnest(?::timestamptz[]) WITH ORDINALITY t (i, ord) ORDER BY ord
                        """)) {
            TreeSet<String> known = new TreeSet<>();
            try (ResultSet rows = connection.createStatement().executeQuery("SELECT name FROM pg_timezone_names")) {
                while (rows.next()) {
                    known.add(rows.getString(1));
                }
            }
            names.retainAll(known);
            for (String name : names) {
                if (agreesOn(ZoneId.of(name), statement)) {
                    agreed.add(ZoneId.of(name));
                }
            }
        }
        return agreed;
    }

    private static boolean agreesOn(ZoneId zone, PreparedStatement statement) throws SQLException {
        List<Instant> probes = new ArrayList<>();
        for (ZoneOffsetTransition change = zone.getRules().nextTransition(FIRST);
                change != null && change.getInstant().isBefore(LAST);
                change = zone.getRules().nextTransition(change.getInstant())) {
            probes.add(change.getInstant().minusSeconds(1));
            probes.add(change.getInstant());
        }
        for (Instant at = FIRST; at.isBefore(LAST); at = at.plus(Duration.ofDays(60))) {
            probes.add(at);
        }
        statement.setString(1, zone.getId());
        statement.setString(
                2, "{" + String.join(",", probes.stream().map(Times::text).toList()) + "}");
        try (ResultSet rows = statement.executeQuery()) {
            for (Instant probe : probes) {
                rows.next();
                if (rows.getLong(1) != zone.getRules().getOffset(probe).getTotalSeconds()) {
                    return false;
                }
            }
        }
        return true;
    }
}
