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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plain use as bytes, with all that its ledger rows and the answer to its retry are made of. A use is only kept once it is
 * allowed, so that the standing of its lines goes without saying.
 */
final class UseBytes {
    /** Of the form, for nodes of different age. */
    private static final int FORM = 1;

    private UseBytes() {}

    static byte[] write(Command command) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            text(out, command.key());
            out.writeInt(command.metadata().size());
            for (Map.Entry<String, String> entry : command.metadata().entrySet()) {
                text(out, entry.getKey());
                text(out, entry.getValue());
            }
            out.writeShort(command.lines().size());
            for (Line line : command.lines()) {
                line(out, line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void line(DataOutputStream out, Line line) throws IOException {
        text(out, line.subject());
        text(out, line.feature());
        out.writeLong(line.amount());
        Origin origin = line.origin();
        out.writeBoolean(origin != null);
        if (origin != null) {
            text(out, origin.subject());
            text(out, origin.feature());
            out.writeLong(origin.rate());
        }
        Terms terms = line.terms();
        out.writeLong(terms.limit().units());
        out.writeLong(terms.ceiling().units());
        out.writeShort(terms.thresholds().percents().size());
        for (int percent : terms.thresholds().percents()) {
            out.writeShort(percent);
        }
        text(out, terms.source().kind().name());
        text(out, terms.source().plan());
        out.writeLong(terms.source().planVersion());
        instant(out, terms.window().start());
        instant(out, terms.window().end());
        instant(out, terms.validFrom());
        instant(out, terms.validUntil());
        out.writeLong(terms.version().subject());
        text(out, terms.version().planCode());
        out.writeLong(terms.version().plan());
        out.writeLong(terms.version().defaultPlan());
    }

    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void instant(DataOutputStream out, @Nullable Instant instant) throws IOException {
        out.writeBoolean(instant != null);
        if (instant != null) {
            out.writeLong(instant.getEpochSecond());
            out.writeInt(instant.getNano());
        }
    }

    static Command read(byte[] bytes, int from) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, from, bytes.length - from))) {
            int form = in.readByte();
            if (form != FORM) {
                throw new IllegalStateException("a use of form " + form + " is not known to this version");
            }
            String key = requiredText(in);
            Map<String, String> metadata = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                metadata.put(requiredText(in), requiredText(in));
            }
            List<Line> lines = new ArrayList<>();
            for (int left = in.readShort(); left > 0; left--) {
                lines.add(line(in));
            }
            return new Command(Operation.RECORD, key, lines, metadata);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Line line(DataInputStream in) throws IOException {
        String subject = requiredText(in);
        String feature = requiredText(in);
        long amount = in.readLong();
        Origin origin = in.readBoolean() ? new Origin(requiredText(in), requiredText(in), in.readLong()) : null;
        return new Line(subject, feature, amount, terms(in), origin);
    }

    private static Terms terms(DataInputStream in) throws IOException {
        Limit limit = Limit.of(in.readLong());
        Limit ceiling = Limit.of(in.readLong());
        List<Integer> percents = new ArrayList<>();
        for (int left = in.readShort(); left > 0; left--) {
            percents.add((int) in.readShort());
        }
        LimitSource.Kind kind = LimitSource.Kind.valueOf(requiredText(in));
        LimitSource source = new LimitSource(kind, text(in), in.readLong());
        Instant start = instant(in);
        if (start == null) {
            throw new IOException("a window without a start");
        }
        Window window = new Window(start, instant(in));
        Instant validFrom = instant(in);
        Instant validUntil = instant(in);
        CatalogVersion version = new CatalogVersion(in.readLong(), text(in), in.readLong(), in.readLong());
        Thresholds thresholds = new Thresholds(percents);
        return new Terms(
                Standing.GRANTED, limit, ceiling, thresholds, source, window, validFrom, validUntil, version, false);
    }

    private static String requiredText(DataInputStream in) throws IOException {
        String text = text(in);
        if (text == null) {
            throw new IOException("a text is missing");
        }
        return text;
    }

    private static @Nullable String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static @Nullable Instant instant(DataInputStream in) throws IOException {
        return in.readBoolean() ? Instant.ofEpochSecond(in.readLong(), in.readInt()) : null;
    }
}
