package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.torture.Loser.Fault;
import io.quotaguard.torture.check.Findings;
import io.quotaguard.torture.check.Invariant;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A store that says that it loses uses is given those, and nothing else")
class PlantedLossTest {
    private static final int CALLS = 3_000;
    private static final int CALLS_OF_A_PLAN = 40;
    private static final Map<Fault, Invariant> BROKEN = Map.of(
            Fault.LOSES_AT_ANY_TIME, Invariant.A2,
            Fault.LOSES_HALF_A_USE, Invariant.A4,
            Fault.LOSES_THE_OLDEST, Invariant.A2,
            Fault.FORGETS_KEYS_OF_THE_LEDGER, Invariant.B1,
            Fault.FORGETS_COUNTERS_OF_THE_LEDGER, Invariant.A1,
            Fault.COUNTS_WHAT_IS_LOST, Invariant.A3);

    @TempDir
    Path folder;

    private Findings run(Fault fault) throws Exception {
        InMemoryQuotaStore ledger = new InMemoryQuotaStore();
        Loser loser = new Loser(ledger, fault);
        return new InProcess(new PlantedStore(ledger, loser), ledger, CALLS_OF_A_PLAN)
                .run(folder, CALLS, InProcess.seed(7), PlantedBooks::unmarked, loser::atRest);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    @DisplayName("A1-B1: a bug beside the losses is found")
    void planted(Fault fault) throws Exception {
        Findings findings = run(fault);

        assertThat(findings.counts()).as("%s", findings.violations()).containsKey(BROKEN.get(fault));
    }

    @Test
    @DisplayName("A1-E1: where nothing is wrong but the losses, nothing is found, and they are counted")
    void honest() throws Exception {
        Findings findings = run(Fault.NONE);

        assertThat(findings.violations()).isEmpty();
        assertThat(findings.figures().get("acknowledged uses lost")).isPositive();
    }
}
