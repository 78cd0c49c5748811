package io.quotaguard.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.quotaguard.model.QuotaException;
import io.quotaguard.model.QuotaUnavailableException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** That Redis did not answer as asked. */
final class RedisFault extends Exception {
    private static final long serialVersionUID = 1L;

    /** How errors begin that the server answers instead of doing anything. */
    private static final Set<String> REFUSALS = Set.of(
            "OOM",
            "LOADING",
            "BUSY",
            "READONLY",
            "CLUSTERDOWN",
            "MISCONF",
            "NOAUTH",
            "NOPERM",
            "WRONGPASS",
            "MASTERDOWN",
            "TRYAGAIN",
            "NOREPLICAS",
            "MOVED",
            "ASK",
            "CROSSSLOT",
            "NOSCRIPT");

    private final boolean carriedOutPerhaps;

    RedisFault(String message, @Nullable Throwable cause, boolean carriedOutPerhaps) {
        super(message, cause);
        this.carriedOutPerhaps = carriedOutPerhaps;
    }

    /** Tells whether what was sent may have been carried out all the same. */
    boolean carriedOutPerhaps() {
        return carriedOutPerhaps;
    }

    /** Tells whether there was no answer at all, in all the time that the server was given. */
    boolean isSilence() {
        return getCause() instanceof TimeoutException;
    }

    static RedisFault of(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
        return new RedisFault("Redis: " + message, cause, !isCertain(cause, message));
    }

    private static boolean isCertain(Throwable cause, String message) {
        if (cause instanceof RedisCommandExecutionException) {
            // An error from within a script may come after something was written.
            String first = message.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
            return REFUSALS.contains(first) || message.contains("OOM command not allowed");
        }
        // What Lettuce rejects before it is sent: there is no connection.
        return cause instanceof RedisException
                && (message.contains("not connected") || message.contains("Connection is closed"));
    }

    /** Returns the failure of what changes nothing, or was certainly not done. */
    QuotaException unavailable(@Nullable String key) {
        return new QuotaUnavailableException(
                "store " + RedisQuotaStore.NAME + " could not decide, and recorded nothing: " + getMessage(),
                this,
                key,
                RedisQuotaStore.NAME);
    }
}
