package io.quotaguard.testbed;

import io.quotaguard.testbed.Traffic.Direction;
import io.quotaguard.testbed.Traffic.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A client's connection through a proxy and the one to the server behind it; two threads carry the bytes. */
final class ProxiedConnection {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final Socket client;
    private final Socket server = new Socket();
    private final Traffic traffic;
    private final Consumer<ProxiedConnection> whenClosed;
    private final AtomicInteger directionsEnded = new AtomicInteger();

    ProxiedConnection(Socket client, Traffic traffic, Consumer<ProxiedConnection> whenClosed) {
        this.client = client;
        this.traffic = traffic;
        this.whenClosed = whenClosed;
    }

    /** Connects to the server and carries requests on the caller's thread, replies on another. */
    void run(InetSocketAddress target) {
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, CONNECT_TIMEOUT_MILLIS);
        } catch (IOException e) {
            cut(); // No server is there; a client that was already accepted can only be told so by hanging up.
            return;
        }
        TcpProxy.startThread("replies", () -> carry(Direction.REPLY, server, client));
        carry(Direction.REQUEST, client, server);
    }

    /**
     * Hangs up on both sides. The client sees a reset, as when a machine on the way fails; the server sees an end after
     * all that was passed on to it, so that a request it has received is not lost on its side.
     */
    void cut() {
        try {
            client.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already, and closing is all that is wanted.
        }
        close();
    }

    private void close() {
        closeQuietly(client);
        closeQuietly(server);
        traffic.wakeAll();
        whenClosed.accept(this);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The other side was faster; the socket is closed either way.
        }
    }

    boolean isOpen() {
        return !client.isClosed() && !server.isClosed();
    }

    private void carry(Direction direction, Socket from, Socket to) {
        try {
            if (carryAll(direction, from, to)) {
                endOf(to);
            }
        } catch (IOException e) {
            hangUpUnlessSilenced();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cut();
        }
    }

    /** Returns whether the sender came to its end in good order; false when the connection was cut on order. */
    private boolean carryAll(Direction direction, Socket from, Socket to) throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            Verdict verdict = traffic.judge(this, direction, chunk, length);
            if (verdict == Verdict.PASS || verdict == Verdict.PASS_THEN_CUT) {
                int passing = traffic.beforeCut(direction, length);
                out.write(chunk, 0, passing);
                if (passing < length) {
                    cut();
                    return false;
                }
            }
            if (verdict == Verdict.CUT || verdict == Verdict.PASS_THEN_CUT) {
                cut();
                return false;
            }
        }
        traffic.awaitNoBlackHole(this::isOpen);
        return true;
    }

    /** One side has said all it has to say, and may still be listening; the connection ends when both have. */
    private void endOf(Socket to) throws IOException {
        if (directionsEnded.incrementAndGet() == Direction.values().length) {
            close();
        } else {
            to.shutdownOutput();
        }
    }

    /** One side is gone. The other learns it, unless the network is silent: then it must not, until it heals. */
    private void hangUpUnlessSilenced() {
        try {
            traffic.awaitNoBlackHole(this::isOpen);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }
}
