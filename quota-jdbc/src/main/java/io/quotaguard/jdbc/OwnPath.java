package io.quotaguard.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;

/**
 * Statements whose names mean the server's own functions and operators, whatever search path the host's session has. What
 * sets the path goes in front of the statement, in the same round trip and the same transaction, and ends with it. Immutable.
 */
final class OwnPath implements StatementCustomizer {
    private static final String SET = "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true); ";

    private OwnPath() {}

    /** Returns the handle, whose statements each set the path for their transaction. */
    static Handle on(Handle handle) {
        handle.getConfig(SqlStatements.class)
                .setTemplateEngine((sql, context) -> mustBeFirst(sql) ? sql : SET + sql)
                .addCustomizer(new OwnPath());
        return handle;
    }

    /** What a transaction is to be like is said before any query of it, and names nothing that could be looked up. */
    private static boolean mustBeFirst(String sql) {
        return sql.startsWith("SET LOCAL TRANSACTION ");
    }

    /** Passes over the answer of what set the path. */
    @Override
    public void afterExecution(PreparedStatement statement, StatementContext context) throws SQLException {
        statement.getMoreResults();
    }
}
