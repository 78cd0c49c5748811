package io.quotaguard.quickstart;

import io.quotaguard.quickstart.LogLine.Action;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was asked of the platform, in the order in which it came in. Immutable.
 *
 * @param name where it was read from
 * @param lines at least one, in order of time
 * @param accounts who is who
 */
record RequestLog(String name, List<LogLine> lines, Accounts accounts) {
    private static final int MAX_LEVELS = 4;
    private static final String SHIPPED = "requests.log";

    /** Reads the log that ships with this example. */
    static RequestLog shipped() {
        InputStream resource = Objects.requireNonNull(RequestLog.class.getResourceAsStream(SHIPPED), SHIPPED);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return read(SHIPPED, reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a log from a file.
     *
     * @throws LogFormatException when it is not there, or not a log in UTF-8
     */
    static RequestLog file(Path path) {
        try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            return read(path.toString(), reader);
        } catch (NoSuchFileException e) {
            throw new LogFormatException("there is no file " + path);
        } catch (CharacterCodingException e) {
            throw new LogFormatException(path + " is not text in UTF-8");
        } catch (IOException e) {
            throw new LogFormatException("cannot read " + path + ": " + e);
        }
    }

    static RequestLog read(String name, BufferedReader reader) throws IOException {
        List<LogLine> lines = new ArrayList<>();
        int number = 0;
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            number++;
            if (text.isBlank() || text.startsWith("#")) {
                continue;
            }
            LogLine line = LogParser.parse(number, text);
            if (!lines.isEmpty()
                    && line.at().isBefore(lines.get(lines.size() - 1).at())) {
                String before = lines.get(lines.size() - 1).time().toString();
                throw new LogFormatException(number, "a time not before " + before + ", the line's above", text);
            }
            lines.add(line);
        }
        if (lines.isEmpty()) {
            throw new LogFormatException(name + " has no requests");
        }
        return new RequestLog(name, List.copyOf(lines), new Accounts(lines));
    }

    Instant start() {
        return lines.get(0).at();
    }

    Instant end() {
        return lines.get(lines.size() - 1).at();
    }

    Account account(String subject) {
        return accounts.get(subject);
    }

    /** Returns the pool at the top of those that a subject's uses are charged to; the subject itself when it is in none. */
    String pool(String subject) {
        String top = subject;
        // As many levels as the guard allows; whoever joins in a circle is refused by it.
        for (int level = 1; level < MAX_LEVELS; level++) {
            top = account(top).team().orElse(top);
        }
        return top;
    }

    /** Returns those whose pool others are charged to, by name. */
    Set<String> teams() {
        return new TreeSet<>(accounts.teams());
    }

    /** Tells whether a subject is a team. */
    boolean isTeam(String subject) {
        return accounts.teams().contains(subject);
    }

    /**
     * Tells whether others ask for the same units at the same time as a line: what a team distils with its programs, and
     * what a member does meanwhile.
     */
    boolean isRaced(LogLine line) {
        return line.action() == Action.DISTILL
                && (isTeam(line.subject()) || account(line.subject()).team().isPresent());
    }

    /** Returns everybody who could have been charged. */
    Set<String> subjects() {
        Set<String> subjects = teams();
        lines.forEach(line -> subjects.add(line.subject()));
        return subjects;
    }

    /** Returns the log's own distance from UTC, in which it is also reported on. */
    ZoneOffset offset() {
        return lines.get(0).time().getOffset();
    }
}
