package io.quotaguard.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The log that ships")
class DayGeneratorTest {
    @Test
    @DisplayName("is what the generator makes")
    void isWhatTheGeneratorMakes() throws IOException {
        try (InputStream shipped = RequestLog.class.getResourceAsStream("requests.log")) {
            assertThat(shipped).isNotNull();
            assertThat(new String(shipped.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(new DayGenerator().generate());
        }
    }

    @Test
    @DisplayName("has at least 2,000 requests, with a midnight, a month's end and an upgrade in the middle")
    void hasWhatADayNeeds() {
        RequestLog log = RequestLog.shipped();
        assertThat(log.lines()).hasSizeGreaterThan(2_000);
        assertThat(log.teams()).containsExactlyInAnyOrder("team-aurora", "team-borealis");
        assertThat(log.start().atOffset(log.offset()).toLocalDate()).hasToString("2026-03-31");
        assertThat(log.end().atOffset(log.offset()).toLocalDate()).hasToString("2026-04-01");
        assertThat(log.lines().stream().filter(line -> line.action() == LogLine.Action.UPGRADE))
                .hasSize(2);
        assertThat(log.lines()).anyMatch(line -> line.optionalField("failed").isPresent());
        assertThat(log.lines()).anyMatch(line -> line.optionalField("down").isPresent());
        assertThat(log.lines()).extracting(LogLine::action).contains(LogLine.Action.values());
    }

    @Test
    @DisplayName("has no member distil while programs race for the team's last units: his retry would end by chance")
    void membersKeepOutOfTheRace() {
        RequestLog log = RequestLog.shipped();
        Instant race = Instant.parse("2026-03-31T15:55:00Z");
        assertThat(log.lines())
                .filteredOn(line -> log.account(line.subject())
                        .team()
                        .filter("team-aurora"::equals)
                        .isPresent())
                .filteredOn(log::isRaced)
                .isNotEmpty()
                .noneMatch(line -> Replay.stepOf(line).equals(race));
    }
}
