package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.testing.EntryPoints;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Every public call of a guard")
class EntryPointsTest {
    @Test
    @DisplayName("R45: is found, in every room; each ends as it should on a store that is well")
    void areFound() {
        try (InMemoryQuotaStore store = new InMemoryQuotaStore();
                QuotaGuard quota = QuotaGuard.builder(store).build()) {
            EntryPoints points = EntryPoints.of(quota, quota, Duration.ofSeconds(10));

            assertThat(points.names())
                    .anyMatch(name -> name.startsWith("QuotaGuard.checkAndRecordEach["))
                    .anyMatch(name -> name.startsWith("Reservation.commitAllowingMore["))
                    .anyMatch(name -> name.startsWith("Meter.tryRecord["))
                    .anyMatch(name -> name.startsWith("Maintenance.run["))
                    .anyMatch(name -> name.startsWith("Alerts.purge["))
                    .hasSizeGreaterThan(100);
            points.endInTime("a store that is well", 1, Duration.ofMinutes(1));
        }
    }
}
