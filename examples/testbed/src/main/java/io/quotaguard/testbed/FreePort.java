package io.quotaguard.testbed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port on which nothing listens now, from below the range that systems hand to outgoing connections (32768 on Linux,
 * 49152 elsewhere). From within that range a client would sometimes be given the port of a server that is being
 * restarted, or even be connected to itself.
 */
final class FreePort {
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;

    /** A node of a Redis Cluster also listens on the port this much above its own, for the other nodes. */
    private static final int TO_CLUSTER_BUS = 10_000;

    private static final int ATTEMPTS = 200;

    private FreePort() {}

    /** The port on 127.0.0.1, never on ::1, which "loopback" means on some machines. */
    static InetSocketAddress on(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an IPv4 address", e);
        }
    }

    static int find() {
        return find(LAST, 0);
    }

    /** Free, with the one for the cluster's other nodes; both below the range of outgoing connections. */
    static int findForClusterNode() {
        return find(LAST - TO_CLUSTER_BUS, TO_CLUSTER_BUS);
    }

    private static int find(int last, int toSecond) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, last + 1);
            if (isFree(port) && isFree(port + toSecond)) {
                return port;
            }
        }
        throw new TestServerException(
                "No free port between " + FIRST + " and " + last + " in " + ATTEMPTS + " attempts");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(on(port));
            return true;
        } catch (IOException e) {
            return false; // Somebody listens there, which is what was asked.
        }
    }
}
