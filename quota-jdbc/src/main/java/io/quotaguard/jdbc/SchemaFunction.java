package io.quotaguard.jdbc;

import java.util.Collections;

/** The functions of the schema that move counters for the library, with the number of their arguments. */
enum SchemaFunction {
    USE("quota_use", 25),
    USES("quota_uses", 35),
    EXECUTE("quota_execute", 41),
    SETTLE("quota_settle", 29),
    CORRECT("quota_correct", 29),
    SPEND("quota_spend", 16),
    POST("quota_post", 20);

    private final String function;
    private final int arguments;

    SchemaFunction(String function, int arguments) {
        this.function = function;
        this.arguments = arguments;
    }

    /** Returns the statement that calls it. */
    String call(String schema) {
        String places = String.join(", ", Collections.nCopies(arguments, "?"));
        return "SELECT * FROM " + schema + "." + function + "(" + places + ")";
    }

    /** Verifies that as many arguments were bound as it takes. */
    void requireAll(int bound) {
        if (bound != arguments) {
            throw new IllegalStateException("bound " + bound + " arguments of " + arguments + " to " + function);
        }
    }
}
