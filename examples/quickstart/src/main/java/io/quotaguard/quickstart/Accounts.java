package io.quotaguard.quickstart;

import io.quotaguard.quickstart.LogLine.Action;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who is who, as the lines of a log tell that open accounts. Immutable. */
final class Accounts {
    private final Map<String, ZoneId> zones;
    private final Map<String, String> teams;

    Accounts(List<LogLine> lines) {
        Map<String, ZoneId> zonesBySubject = new HashMap<>();
        Map<String, String> teamsByMember = new HashMap<>();
        for (LogLine line : lines) {
            if (line.action() == Action.SUBSCRIBE) {
                zonesBySubject.put(line.subject(), ZoneId.of(line.field("zone")));
            } else if (line.action() == Action.JOIN) {
                teamsByMember.put(line.subject(), line.field("team"));
            }
        }
        zones = Map.copyOf(zonesBySubject);
        teams = Map.copyOf(teamsByMember);
    }

    /** Returns the account of a subject; of one that never subscribed nor joined anything, the days begin in UTC. */
    Account get(String subject) {
        Optional<String> team = Optional.ofNullable(teams.get(subject));
        ZoneId own = zones.get(subject);
        ZoneId zone = own != null ? own : zones.getOrDefault(team.orElse(subject), ZoneOffset.UTC);
        return new Account(subject, zone, team);
    }

    /** Returns those whose pool others are charged to. */
    Set<String> teams() {
        return Set.copyOf(teams.values());
    }
}
