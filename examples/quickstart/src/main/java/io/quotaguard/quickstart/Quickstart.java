package io.quotaguard.quickstart;

import io.quotaguard.model.QuotaException;
import io.quotaguard.testbed.TestServerException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The program: replays a day of an article platform through the guard and tells what happened.
 *
 * <p>Read {@link ArticleGenerator}, {@link Publisher} and {@link KeywordDistiller} first: they are what a host writes.
 */
final class Quickstart {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private static final int PROVEN = 0;
    private static final int NOT_PROVEN = 1;
    private static final int FAILED = 2;

    private Quickstart() {}

    public static void main(String[] args) throws InterruptedException {
        int status = run(System.out, System.err, args);
        if (status != PROVEN) {
            System.exit(status);
        }
    }

    /** Returns the exit status. */
    static int run(PrintStream out, PrintStream err, String... args) throws InterruptedException {
        try {
            Options options = Options.parse(args);
            if (options.help()) {
                out.print(Options.HELP);
                return PROVEN;
            }
            Path file = options.log();
            RequestLog log = file == null ? RequestLog.shipped() : RequestLog.file(file);
            try (Backend backend = open(options, log)) {
                introduce(out, options, log, backend);
                Day day = Day.replay(log, backend, options.threads(), err);
                new Summary(day, out).print();
                return day.proven() ? PROVEN : NOT_PROVEN;
            }
        } catch (Options.UsageException
                | LogFormatException
                | BackendException
                | ReplayException
                | QuotaException
                | TestServerException e) {
            err.println("quickstart: " + e.getMessage());
            return FAILED;
        }
    }

    private static Backend open(Options options, RequestLog log) {
        String url = options.jdbcUrl();
        if (url != null) {
            return PostgresBackend.at(url, options.user(), options.password(), log.start());
        }
        return switch (options.store()) {
            case MEMORY -> new MemoryBackend(log.start());
            case POSTGRES -> PostgresBackend.embedded(log.start());
            case REDIS -> RedisBackend.embedded(log.start());
            case REDIS_ALONE -> RedisBackend.alone(log.start());
        };
    }

    private static void introduce(PrintStream out, Options options, RequestLog log, Backend backend) {
        out.println("QuotaGuard quickstart: a day of a small article platform");
        out.println();
        out.println(
                "  store    " + backend.store().name() + ": " + backend.facts().get(0));
        out.println("  clock    " + backend.facts().get(1));
        out.println("  log      " + log.name() + ", " + log.lines().size() + " lines of "
                + log.subjects().size() + " subjects, "
                + MINUTE.format(log.start().atOffset(log.offset())) + " to "
                + MINUTE.format(log.end().atOffset(log.offset())) + " (" + log.offset() + ")");
        out.println("  threads  " + options.threads() + "; the clock moves in steps of " + Replay.STEP.toMinutes()
                + " minutes");
        out.println();
    }
}
