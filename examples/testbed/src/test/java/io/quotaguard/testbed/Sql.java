package io.quotaguard.testbed;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One statement on one connection, as the tests here need it again and again. */
final class Sql {
    private Sql() {}

    static void run(String url, String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            run(connection, statement);
        }
    }

    static void run(Connection connection, String statement) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    /** The first column of the first row. */
    static String ask(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return ask(connection, query);
        }
    }

    static String ask(Connection connection, String query) throws SQLException {
        try (Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            if (!rows.next()) {
                throw new SQLException("No row from " + query);
            }
            return rows.getString(1);
        }
    }
}
