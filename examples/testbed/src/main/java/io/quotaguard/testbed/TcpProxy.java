package io.quotaguard.testbed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stretch of network that fails on demand: a port on 127.0.0.1 whose connections are passed on to a server, until a test
 * cuts, delays, silences or swallows them.
 *
 * <p>A request is what the client sends at a time, a reply what the server sends at a time; drivers send a statement, or a
 * batch, at a time. Controls hold for all connections from the moment they are called. Safe for use by several threads.
 */
public final class TcpProxy implements AutoCloseable {

    /** The moment at which a connection is cut. */
    public enum Moment {
        /** A request has come and is thrown away: the server never learns of it. */
        BEFORE_REQUEST,
        /** A request has been passed on, and nobody knows how far the server is with it. */
        AFTER_REQUEST,
        /** A reply has come and is thrown away: the server has done what it was asked, and the client never learns of it. */
        BEFORE_REPLY,
        /**
         * A request has been passed on, and the next reply on its connection is thrown away: as {@link #BEFORE_REPLY}, for a
         * server such as Redis whose replies do not say what they reply to. It is the request's own reply as long as no
         * other is under way on that connection.
         */
        BEFORE_REPLY_TO
    }

    private final ServerSocket listener;
    private volatile InetSocketAddress target;
    private final Traffic traffic = new Traffic();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();

    private TcpProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /**
     * Starts a proxy in front of a server, which need not run yet.
     *
     * @throws TestServerException when no port is free
     */
    public static TcpProxy inFrontOf(String host, int port) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(FreePort.on(FreePort.find()));
            TcpProxy proxy = new TcpProxy(listener, new InetSocketAddress(host, port));
            startThread("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new TestServerException("Cannot start a proxy in front of " + host + ":" + port, e);
        }
    }

    /** The port on 127.0.0.1 that clients are to use instead of the server's. */
    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Passes new connections on to another server, as when a name or an address is given to a successor. Those that are open
     * stay with the old one until they are cut.
     */
    public void pointTo(String host, int port) {
        target = new InetSocketAddress(host, port);
    }

    /** Cuts every connection that has been accepted; new ones are accepted as before. */
    public void cutAll() {
        connections.forEach(ProxiedConnection::cut);
    }

    /** Cuts the first connection on which the moment comes, once; a second call replaces a cut that has not come yet. */
    public void cutNext(Moment moment) {
        traffic.cutNext(moment, "");
    }

    /**
     * Cuts the first connection on which the moment comes with this text, once. So
     * {@code cutNext(BEFORE_REPLY, "COMMIT")} loses PostgreSQL's confirmation of a commit, whose tag is that word, and
     * {@code cutNext(BEFORE_REPLY_TO, "EVALSHA")} loses what a script of Redis has answered.
     *
     * @param text ASCII that must occur in the request or reply; upper and lower case differ. A moment with a request and a
     *     reply looks for it in the request
     */
    public void cutNext(Moment moment, String text) {
        traffic.cutNext(moment, text);
    }

    /**
     * Cuts the first connection that would bring the clients more than this many bytes from now on, once: in the middle of a
     * reply, of which they have seen the beginning. A second call replaces a cut that has not come yet.
     */
    public void cutAfterReplyBytes(long bytes) {
        traffic.cutAfterReplyBytes(bytes);
    }

    /** The cuts that {@code cutNext} and {@code cutAfterReplyBytes} asked for and that have come. */
    public int cuts() {
        return traffic.cuts();
    }

    /**
     * Silences the network, or heals it. Meanwhile connections are accepted and nothing is passed on, not even that a side
     * has hung up; on healing everything that was held back is passed on, as TCP does when it repeats lost packets.
     */
    public void blackHole(boolean on) {
        traffic.blackHole(on);
    }

    /** Throws away replies while requests pass. A connection that has lost a reply is of no more use and is to be cut. */
    public void dropReplies(boolean on) {
        traffic.dropReplies(on);
    }

    /** Holds every request and every reply back for this long, so a round trip takes twice that; zero to stop. */
    public void delay(Duration oneWay) {
        traffic.delay(oneWay);
    }

    /** Lets each connection pass this many bytes a second at most, each way; {@link Long#MAX_VALUE} to stop. */
    public void throttle(long bytesPerSecond) {
        traffic.throttle(bytesPerSecond);
    }

    /** The requests and replies that have come and are held back now, by a delay or a black hole. */
    public int heldBack() {
        return traffic.heldBack();
    }

    /** The connections that are open now. */
    public int connections() {
        return connections.size();
    }

    /** The bytes passed on to the server so far. */
    public long bytesToServer() {
        return traffic.bytesToServer();
    }

    /** The bytes passed on to clients so far; those thrown away do not count. */
    public long bytesToClient() {
        return traffic.bytesToClient();
    }

    /** Stops accepting and cuts every connection. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new TestServerException("Cannot close the proxy on port " + port(), e);
        } finally {
            cutAll();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                ProxiedConnection connection = new ProxiedConnection(client, traffic, connections::remove);
                connections.add(connection);
                startThread("requests", () -> connection.run(target));
                if (listener.isClosed()) {
                    connection.cut(); // close() may have cut the others just before this one was added.
                }
            } catch (IOException e) {
                // The listener was closed, which the loop's condition sees, or a client left before it was accepted.
            }
        }
    }

    static void startThread(String name, Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
