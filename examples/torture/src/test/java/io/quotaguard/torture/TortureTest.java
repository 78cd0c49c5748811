package io.quotaguard.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.torture.report.RunReport;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A round of the torture run, smaller than a release's")
class TortureTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = "POSTGRES")
    @DisabledOnOs(OS.WINDOWS)
    @DisplayName("A1-E1: processes and servers are killed, stopped and cut off, and every promise is kept")
    void round(Backend.Kind store) throws Exception {
        double scale = Double.parseDouble(System.getProperty("torture.scale", "0.01"));
        Options options = new Options(store, scale, System.nanoTime() & 0xFFFF, 2, 8, 1_500);

        RunReport run = new Torture(options, folder).run();

        assertThat(run.rounds()).as(run.command()).allSatisfy(round -> {
            assertThat(round.violations()).isEmpty();
            assertThat(round.failed()).isEmpty();
            assertThat(round.faults()).isNotEmpty();
        });
        assertThat(folder.resolve(store.name().toLowerCase(Locale.ROOT) + ".html"))
                .isNotEmptyFile();
    }
}
