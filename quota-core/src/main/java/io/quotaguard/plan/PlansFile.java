package io.quotaguard.plan;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Names;
import io.quotaguard.model.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans as a host keeps them in its repository: a JSON file, described by the resource {@code plans.schema.json} beside
 * this class. Immutable.
 *
 * <p>A limit of −1 is unlimited; {@code code}, {@code feature}, {@code limit} and {@code period} are required, and what
 * else is left out, or null, has the default of {@link Plan}. Reading needs {@code com.fasterxml.jackson.core:jackson-core}
 * on the class path; writing does not.
 *
 * @param plans the plans in the file's order, each of version 0; a fallback may be a plan that only the store has
 * @param defaultPlan the plan of subjects without a subscription, which may be one that only the store has; null when
 *     the file does not say, and then the store's choice is left alone
 */
public record PlansFile(List<Plan> plans, @Nullable String defaultPlan) {
    /** The largest file, 4 MiB. */
    public static final int MAX_BYTES = 4 << 20;

    /** Refuses what no file can say: a plan twice, a deleted plan, fallbacks that lead round in a cycle. */
    public PlansFile {
        InvalidQuotaArgumentException.required("plans", plans);
        if (defaultPlan != null) {
            Names.require("default plan", defaultPlan);
        }
        List<Plan> unversioned = new ArrayList<>();
        Set<String> codes = new HashSet<>();
        for (Plan plan : plans) {
            String path = "plans[" + unversioned.size() + "]";
            unversioned.add(InvalidQuotaArgumentException.required(path, plan).withVersion(0));
            if (!codes.add(plan.code())) {
                throw InvalidQuotaArgumentException.of("R46", path + ".code", plan.code(), "is in the file twice");
            }
            if (plan.deleted()) {
                throw InvalidQuotaArgumentException.of(
                        "R23", path + ".code", plan.code(), "is a deleted plan, which no file can hold");
            }
        }
        plans = List.copyOf(unversioned);
        FallbackOrder.of(plans, List.of());
    }

    /** Returns a file of {@code plans}, such as those of {@link Plans#list()}. */
    public static PlansFile of(List<Plan> plans, @Nullable String defaultPlan) {
        return new PlansFile(plans, defaultPlan);
    }

    /**
     * Reads a file in UTF-8.
     *
     * @throws InvalidQuotaArgumentException naming the file, the place in it, the value and the rule; or when the file
     *     cannot be read
     * @throws IllegalStateException when Jackson is not on the class path
     */
    public static PlansFile read(Path path) {
        InvalidQuotaArgumentException.required("path of the plans file", path);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            // One byte more than may be: the size that the file system tells need not be that of what is read.
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new InvalidQuotaArgumentException(
                    "plans file must be readable (" + e.getClass().getSimpleName() + ")", path, e);
        }
        try {
            return parse(decoded(bytes));
        } catch (InvalidQuotaArgumentException e) {
            throw e.at(InvalidQuotaArgumentException.escape(String.valueOf(path.getFileName())));
        }
    }

    /**
     * Reads the text of a file.
     *
     * @throws InvalidQuotaArgumentException naming the place in the text, the value and the rule
     * @throws IllegalStateException when Jackson is not on the class path
     */
    public static PlansFile parse(String json) {
        if (InvalidQuotaArgumentException.required("JSON of the plans file", json)
                        .length()
                > MAX_BYTES) {
            throw tooLarge(json.length());
        }
        return PlansReader.file(document(json));
    }

    /** Returns the file's text, ending with a line end: what is left out is null or the default. */
    public String toJson() {
        String json = PlansWriter.json(this);
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw tooLarge(bytes);
        }
        return json;
    }

    private static JsonValue document(String json) {
        try {
            return PlansJson.parse(json);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "reading a plans file needs Jackson: add com.fasterxml.jackson.core:jackson-core to the class path",
                    e);
        }
    }

    private static String decoded(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw tooLarge(bytes.length);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            // Some editors mark UTF-8 with a first character that is no part of the text.
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidQuotaArgumentException("plans file must be UTF-8 (R46)", e.getMessage(), e);
        }
    }

    private static InvalidQuotaArgumentException tooLarge(int size) {
        return InvalidQuotaArgumentException.of(
                "R46", "size of the plans file", size, "is more than " + MAX_BYTES + " bytes, the most there may be");
    }
}
