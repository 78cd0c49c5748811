package io.quotaguard.testbed;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a Redis server, taken apart so that a test can reach the same server through a {@link TcpProxy}.
 *
 * @param prefix what stands before the host: {@code redis://} or {@code rediss://}, and the user and password, if any
 * @param host the name or number of the machine, an IPv6 number in its brackets
 * @param port the TCP port
 * @param suffix what follows the port: a database's number and parameters, mostly empty
 */
public record RedisAddress(String prefix, String host, int port, String suffix) {
    private static final Pattern FORM =
            Pattern.compile("(rediss?://(?:[^@/?]*@)?)(\\[[^\\]]+\\]|[^:/?@,]+)(?::(\\d{1,5}))?((?:/\\d*)?(?:\\?.*)?)");
    private static final Pattern CREDENTIALS = Pattern.compile("//.*@");
    private static final int DEFAULT_PORT = 6379;
    private static final int LAST_PORT = 65_535;

    /** Refuses a port that cannot be. */
    public RedisAddress {
        if (port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException("Not a TCP port: " + port);
        }
    }

    /** The address of a server that asks for no password. */
    public static RedisAddress of(String host, int port) {
        return new RedisAddress("redis://", host, port, "");
    }

    /**
     * Takes an address apart.
     *
     * @throws IllegalArgumentException when it is not {@code redis://[user:password@]host[:port][/database][?parameters]}
     *     with exactly one host. The message leaves out the user and the password, and the parameters.
     */
    public static RedisAddress parse(String uri) {
        Matcher parts = FORM.matcher(uri);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "Not of the form redis://host:port/database?parameters: '" + withoutSecrets(uri) + "'");
        }
        int port = parts.start(3) < 0 ? DEFAULT_PORT : Integer.parseInt(parts.group(3));
        return new RedisAddress(parts.group(1), parts.group(2), port, parts.group(4));
    }

    /** The same server reached at another place, such as a proxy's port on 127.0.0.1. */
    public RedisAddress withAddress(String newHost, int newPort) {
        return new RedisAddress(prefix, newHost, newPort, suffix);
    }

    /** The address that a client takes. */
    public String uri() {
        return prefix + host + ":" + port + suffix;
    }

    /** The address without user, password and parameters, fit for a log. */
    @Override
    public String toString() {
        return withoutSecrets(uri());
    }

    private static String withoutSecrets(String uri) {
        return CREDENTIALS.matcher(uri.split("\\?", 2)[0]).replaceFirst("//");
    }
}
