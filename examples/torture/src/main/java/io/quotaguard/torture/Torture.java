package io.quotaguard.torture;

import io.quotaguard.torture.report.HtmlReport;
import io.quotaguard.torture.report.JsonReport;
import io.quotaguard.torture.report.RoundReport;
import io.quotaguard.torture.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs rounds of load and faults against a store, and proves after each that its promises were kept. */
public final class Torture {
    private static final Logger log = LoggerFactory.getLogger(Torture.class);

    private final Options options;
    private final Path folder;

    Torture(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
    }

    /** Takes no arguments; see {@link Options}. Ends with 1 when a promise was broken. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(System.getProperty("torture.folder", "target/torture")));
        boolean kept = new Torture(Options.fromSystem(), folder).run().kept();
        System.exit(kept ? 0 : 1);
    }

    RunReport run() throws Exception {
        log.info("seed {}: {}", options.seed(), command());
        List<RoundReport> rounds = new ArrayList<>();
        try (Backend backend = new Backend(options.store())) {
            for (int i = 0; i < options.rounds(); i++) {
                Options its = new Options(
                        options.store(), 0, options.seed() + i, options.jvms(), options.threads(), options.calls());
                Path own = Files.createTempDirectory(folder, "round");
                RoundReport round = new Round(backend, its, own).run();
                rounds.add(round);
                tell(round);
                write(new RunReport(name(), command(), rounds));
                if (round.kept()) {
                    delete(own);
                }
            }
        }
        return new RunReport(name(), command(), rounds);
    }

    private void tell(RoundReport round) {
        log.info(
                "seed {}: {} calls in {} s, checked in {} s, refused: {}; {}; {}",
                round.seed(),
                round.calls(),
                round.load().toSeconds(),
                round.check().toSeconds(),
                round.refusals(),
                round.deliveries(),
                round.kept() ? "every promise kept" : "BROKEN " + round.broken() + " " + round.failed());
        round.violations().forEach(violation -> log.error("{}", violation));
    }

    private void write(RunReport run) throws IOException {
        Files.writeString(folder.resolve(name() + ".json"), JsonReport.of(run));
        Files.writeString(folder.resolve(name() + ".html"), HtmlReport.of(run));
    }

    /** Histories that show nothing wrong are large, and of no more use. */
    private static void delete(Path round) throws IOException {
        try (var files = Files.list(round)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(round);
    }

    private String name() {
        return options.store().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String command() {
        return String.format(
                Locale.ROOT,
                "mvn -q -pl examples/torture -am compile -Ptorture -Dtorture.store=%s -Dtorture.scale=%s -Dtorture.seed=%d"
                        + " -Dtorture.jvms=%d -Dtorture.threads=%d -Dtorture.calls=%d",
                name(),
                options.scale(),
                options.seed(),
                options.jvms(),
                options.threads(),
                options.calls());
    }
}
