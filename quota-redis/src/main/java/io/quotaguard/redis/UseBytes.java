package io.quotaguard.redis;

import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Terms;
import io.quotaguard.spi.TimeOrderedKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A plain use as bytes, with all that its ledger rows and the answer to its retry are made of. A use is only kept once it is
 * allowed, so that the standing of its lines goes without saying.
 *
 * <p>Redis keeps these bytes for each use until its key is forgotten, so numbers take as many as they need: seven bits each,
 * the lowest first.
 */
final class UseBytes {
    /** Of the form, for nodes of different age. */
    private static final int FORM = 1;

    /** In the place of a text's length; a text of n bytes has n + 2. */
    private static final int NO_TEXT = 0;

    private static final int TIME_ORDERED_KEY = 1;
    private static final int FIRST_LENGTH = 2;

    private UseBytes() {}

    static byte[] write(Command command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        out.write(FORM);
        key(out, command.key());
        number(out, command.metadata().size());
        for (Map.Entry<String, String> entry : command.metadata().entrySet()) {
            text(out, entry.getKey());
            text(out, entry.getValue());
        }
        number(out, command.lines().size());
        for (Line line : command.lines()) {
            line(out, line);
        }
        return out.toByteArray();
    }

    private static void line(ByteArrayOutputStream out, Line line) {
        text(out, line.subject());
        text(out, line.feature());
        number(out, line.amount());
        Origin origin = line.origin();
        text(out, origin == null ? null : origin.subject());
        if (origin != null) {
            text(out, origin.feature());
            number(out, origin.rate());
        }
        Terms terms = line.terms();
        // Unlimited is -1.
        signed(out, terms.limit().units());
        signed(out, terms.ceiling().units());
        number(out, terms.thresholds().percents().size());
        for (int percent : terms.thresholds().percents()) {
            number(out, percent);
        }
        text(out, terms.source().kind().name());
        text(out, terms.source().plan());
        number(out, terms.source().planVersion());
        instant(out, terms.window().start());
        instant(out, terms.window().end());
        instant(out, terms.validFrom());
        instant(out, terms.validUntil());
        number(out, terms.version().subject());
        text(out, terms.version().planCode());
        number(out, terms.version().plan());
        signed(out, terms.version().defaultPlan());
    }

    private static void number(ByteArrayOutputStream out, long number) {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** Small below zero as well as above. */
    private static void signed(ByteArrayOutputStream out, long number) {
        number(out, (number << 1) ^ (number >> 63));
    }

    private static void key(ByteArrayOutputStream out, String key) {
        UUID timed = TimeOrderedKey.parse(key);
        if (timed == null) {
            text(out, key);
            return;
        }
        number(out, TIME_ORDERED_KEY);
        out.writeBytes(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(timed.getMostSignificantBits())
                .putLong(timed.getLeastSignificantBits())
                .array());
    }

    private static void text(ByteArrayOutputStream out, @Nullable String text) {
        if (text == null) {
            number(out, NO_TEXT);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length + FIRST_LENGTH);
        out.writeBytes(bytes);
    }

    private static void instant(ByteArrayOutputStream out, @Nullable Instant instant) {
        // Zero stands for none, so the nanoseconds are written plus one.
        number(out, instant == null ? 0 : instant.getNano() + 1);
        if (instant != null) {
            signed(out, instant.getEpochSecond());
        }
    }

    static Command read(byte[] bytes, int from) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
        int form = in.get();
        if (form != FORM) {
            throw new IllegalStateException("a use of form " + form + " is not known to this version");
        }
        String key = requiredText(in);
        Map<String, String> metadata = new LinkedHashMap<>();
        for (long left = number(in); left > 0; left--) {
            metadata.put(requiredText(in), requiredText(in));
        }
        List<Line> lines = new ArrayList<>();
        for (long left = number(in); left > 0; left--) {
            lines.add(line(in));
        }
        return new Command(Operation.RECORD, key, lines, metadata);
    }

    private static Line line(ByteBuffer in) {
        String subject = requiredText(in);
        String feature = requiredText(in);
        long amount = number(in);
        String user = text(in);
        Origin origin = user == null ? null : new Origin(user, requiredText(in), number(in));
        return new Line(subject, feature, amount, terms(in), origin);
    }

    private static Terms terms(ByteBuffer in) {
        Limit limit = Limit.of(signed(in));
        Limit ceiling = Limit.of(signed(in));
        List<Integer> percents = new ArrayList<>();
        for (long left = number(in); left > 0; left--) {
            percents.add((int) number(in));
        }
        LimitSource.Kind kind = LimitSource.Kind.valueOf(requiredText(in));
        LimitSource source = new LimitSource(kind, text(in), number(in));
        Instant start = instant(in);
        if (start == null) {
            throw new IllegalStateException("a window without a start");
        }
        Window window = new Window(start, instant(in));
        Instant validFrom = instant(in);
        Instant validUntil = instant(in);
        CatalogVersion version = new CatalogVersion(number(in), text(in), number(in), signed(in));
        Thresholds thresholds = new Thresholds(percents);
        return new Terms(
                Standing.GRANTED, limit, ceiling, thresholds, source, window, validFrom, validUntil, version, false);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            number |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return number;
            }
        }
    }

    private static long signed(ByteBuffer in) {
        long number = number(in);
        return (number >>> 1) ^ -(number & 1);
    }

    private static String requiredText(ByteBuffer in) {
        String text = text(in);
        if (text == null) {
            throw new IllegalStateException("a text is missing");
        }
        return text;
    }

    private static @Nullable String text(ByteBuffer in) {
        int length = (int) number(in);
        if (length == NO_TEXT) {
            return null;
        } else if (length == TIME_ORDERED_KEY) {
            return new UUID(in.getLong(), in.getLong()).toString();
        }
        byte[] bytes = new byte[length - FIRST_LENGTH];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static @Nullable Instant instant(ByteBuffer in) {
        int nanos = (int) number(in) - 1;
        return nanos < 0 ? null : Instant.ofEpochSecond(signed(in), nanos);
    }
}
