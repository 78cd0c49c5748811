package io.quotaguard.quickstart;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param store where the quotas are kept
 * @param jdbcUrl a database of the user's, or null for an embedded one
 * @param user to log in with, or null when the address says it
 * @param password to log in with, or null
 * @param threads that replay the log, 1 … 64
 * @param log a log of the user's, or null for the one that ships
 * @param help whether to explain instead
 */
record Options(
        Store store,
        @Nullable String jdbcUrl,
        @Nullable String user,
        @Nullable String password,
        int threads,
        @Nullable Path log,
        boolean help) {
    static final int MAX_THREADS = 64;

    static final String HELP = """
            A day of a small article platform, replayed through QuotaGuard.

              --store memory|postgres|redis|redis-alone
                                              where quotas are kept; postgres unless given
                                              postgres starts a server of its own and removes it in the end,
                                              redis starts both a Redis and the PostgreSQL behind it,
                                              redis-alone a Redis that keeps everything itself
              --jdbc-url URL                  a PostgreSQL of yours; uses the schema quotaguard_quickstart and no other
              --user NAME                     to log in with there
              --password SECRET               to log in with there
              --threads N                     threads that replay the log, 1 to 64; 4 unless given
              --log FILE                      a log of yours; see requests.log among the resources for the format
              --help                          this text

            Ends with 0 when all proofs hold, 1 when one fails, 2 when something in the way was wrong.
            """;

    /** Where quotas are kept. */
    enum Store {
        MEMORY,
        POSTGRES,
        /** Redis, in front of PostgreSQL. */
        REDIS,
        /** Redis, with nothing behind it. */
        REDIS_ALONE
    }

    /** A command line that makes no sense; the message says why. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message + "; --help lists the options");
        }
    }

    static Options parse(String... args) {
        Store store = Store.POSTGRES;
        boolean storeGiven = false;
        String jdbcUrl = null;
        String user = null;
        String password = null;
        int threads = 4;
        Path log = null;
        boolean help = false;
        Iterator<String> words = Arrays.asList(args).iterator();
        while (words.hasNext()) {
            String option = words.next();
            switch (option) {
                case "--store" -> {
                    store = store(value(option, words));
                    storeGiven = true;
                }
                case "--jdbc-url" -> jdbcUrl = jdbcUrl(value(option, words));
                case "--user" -> user = value(option, words);
                case "--password" -> password = value(option, words);
                case "--threads" -> threads = threads(value(option, words));
                case "--log" -> log = path(value(option, words));
                case "--help" -> help = true;
                default -> throw new UsageException("there is no option " + option);
            }
        }
        if (jdbcUrl == null && (user != null || password != null)) {
            throw new UsageException("--user and --password go with --jdbc-url");
        }
        if (jdbcUrl != null && storeGiven && store != Store.POSTGRES) {
            throw new UsageException("--jdbc-url goes with --store postgres");
        }
        return new Options(store, jdbcUrl, user, password, threads, log, help);
    }

    private static String value(String option, Iterator<String> words) {
        try {
            return words.next();
        } catch (NoSuchElementException e) {
            throw new UsageException(option + " needs a value");
        }
    }

    private static Store store(String text) {
        return switch (text) {
            case "memory" -> Store.MEMORY;
            case "postgres" -> Store.POSTGRES;
            case "redis" -> Store.REDIS;
            case "redis-alone" -> Store.REDIS_ALONE;
            default -> throw new UsageException("--store is memory, postgres, redis or redis-alone, not " + text);
        };
    }

    private static String jdbcUrl(String text) {
        if (!text.startsWith("jdbc:postgresql:")) {
            throw new UsageException("--jdbc-url is like jdbc:postgresql://host:5432/database, not " + text);
        }
        return text;
    }

    private static int threads(String text) {
        try {
            int threads = Integer.parseInt(text);
            if (threads >= 1 && threads <= MAX_THREADS) {
                return threads;
            }
        } catch (NumberFormatException e) {
            // Answered below, like a number out of range.
        }
        throw new UsageException("--threads is a number from 1 to " + MAX_THREADS + ", not " + text);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("--log is no path: " + e.getMessage());
        }
    }
}
