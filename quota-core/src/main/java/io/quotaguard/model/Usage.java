package io.quotaguard.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A use of one feature by one subject, to be charged. Immutable; each method returns a changed copy.
 *
 * <pre>{@code
 * Usage.of("user-42", "publish_per_day").amount(12).key("batch-7").with("job", "nightly")
 * }</pre>
 *
 * @param subject who uses: a user, a team
 * @param feature what is used
 * @param amount how many units, at least 1 (R6)
 * @param key makes a retry of this call a replay (R7); null lets the guard make one
 * @param metadata up to 32 names with texts of up to 1,000 characters, kept with the ledger row
 */
public record Usage(
        String subject,
        String feature,
        long amount,
        @Nullable String key,
        Map<String, String> metadata) {
    private static final int MAX_METADATA_ENTRIES = 32;
    private static final int MAX_METADATA_LENGTH = 1000;

    public Usage {
        Names.requireSubject(subject);
        Names.requireFeature(feature);
        Units.requireAmount(amount);
        if (key != null) {
            Names.requireKey(key);
        }
        InvalidQuotaArgumentException.required("metadata", metadata);
        if (metadata.size() > MAX_METADATA_ENTRIES) {
            throw InvalidQuotaArgumentException.of(
                    "R46", "metadata", metadata.keySet(), "has more than " + MAX_METADATA_ENTRIES + " entries");
        }
        metadata = metadata.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        metadata.forEach((name, text) -> {
            Names.require("metadata name", name);
            Texts.require("metadata " + InvalidQuotaArgumentException.escape(name), text, MAX_METADATA_LENGTH);
        });
    }

    /** Returns the use of one unit. */
    public static Usage of(String subject, String feature) {
        return new Usage(subject, feature, 1, null, Map.of());
    }

    public Usage amount(long amount) {
        return new Usage(subject, feature, amount, key, metadata);
    }

    public Usage key(String key) {
        return new Usage(subject, feature, amount, Names.requireKey(key), metadata);
    }

    public Usage with(String name, String text) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(name, text);
        return new Usage(subject, feature, amount, key, more);
    }
}
