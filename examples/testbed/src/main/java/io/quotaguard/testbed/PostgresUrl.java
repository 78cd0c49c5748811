package io.quotaguard.testbed;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JDBC address of a PostgreSQL database, taken apart so that a test can ask the same server for another database, or
 * reach it through a {@link TcpProxy}.
 *
 * @param address {@code host:port}, the port being optional
 * @param database the database's name as it stands in the address; empty for the server's default
 * @param parameters what follows the question mark, empty when there is none
 */
public record PostgresUrl(String address, String database, String parameters) {
    private static final Pattern FORM = Pattern.compile("jdbc:postgresql://([^/?,]+)(?:/([^/?]*))?(?:\\?(.*))?");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[^\\]]+\\]|[^:]+)(?::(\\d{1,5}))?");
    private static final int DEFAULT_PORT = 5432;

    /** Refuses an address without a host. */
    public PostgresUrl {
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException("Not a host and port: '" + address + "'");
        }
    }

    /**
     * Takes an address apart.
     *
     * @throws IllegalArgumentException when it is not {@code jdbc:postgresql://host[:port]/[database][?parameters]} with
     *     exactly one host. The message leaves parameters out, because a password may be among them.
     */
    public static PostgresUrl parse(String url) {
        Matcher parts = FORM.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("Not of the form jdbc:postgresql://host:port/database?parameters: '"
                    + url.split("\\?", 2)[0] + "'");
        }
        return new PostgresUrl(parts.group(1), orEmpty(parts, 2), orEmpty(parts, 3));
    }

    private static String orEmpty(Matcher parts, int group) {
        return parts.start(group) < 0 ? "" : parts.group(group);
    }

    /** The name or number of the machine, an IPv6 number in its brackets. */
    public String host() {
        Matcher parts = ADDRESS.matcher(address);
        return parts.matches() ? parts.group(1) : address;
    }

    /** The port that is given, or PostgreSQL's usual one. */
    public int port() {
        Matcher parts = ADDRESS.matcher(address);
        return parts.matches() && parts.start(2) >= 0 ? Integer.parseInt(parts.group(2)) : DEFAULT_PORT;
    }

    /** Another database of the same server. */
    public PostgresUrl withDatabase(String name) {
        return new PostgresUrl(address, name, parameters);
    }

    /** The same database reached at another place, such as a proxy's port on 127.0.0.1. */
    public PostgresUrl withAddress(String host, int port) {
        return new PostgresUrl(host + ":" + port, database, parameters);
    }

    /** The same address with one more parameter, such as {@code socketTimeout} and its seconds. */
    public PostgresUrl withParameter(String name, String value) {
        String added = name + "=" + value;
        return new PostgresUrl(address, database, parameters.isEmpty() ? added : parameters + "&" + added);
    }

    /** The address that a driver takes. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + address + "/" + database + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    /** The address without its parameters, fit for a log: a password may be among them. */
    @Override
    public String toString() {
        return "jdbc:postgresql://" + address + "/" + database;
    }
}
