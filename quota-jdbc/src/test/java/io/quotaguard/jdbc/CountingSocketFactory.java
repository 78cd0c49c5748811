package io.quotaguard.jdbc;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;

/** Counts statements, and round trips: how often a reply is waited for after something was sent. Public because the driver makes it. */
public final class CountingSocketFactory extends SocketFactory {
    private static final AtomicLong roundTrips = new AtomicLong();

    static long roundTrips() {
        return roundTrips.get();
    }

    @Override
    public Socket createSocket() {
        return new CountingSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new IOException("not used by the driver");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        throw new IOException("not used by the driver");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw new IOException("not used by the driver");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        throw new IOException("not used by the driver");
    }

    static long statements() {
        return StatementCounter.statements();
    }

    private static final class CountingSocket extends Socket {
        private final StatementCounter statements = new StatementCounter();
        private final AtomicBoolean asked = new AtomicBoolean();

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    count();
                    return super.read();
                }

                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    count();
                    return super.read(into, offset, length);
                }
            };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] from, int offset, int length) throws IOException {
                    asked.set(true);
                    statements.sent(from, offset, length);
                    out.write(from, offset, length);
                }
            };
        }

        private void count() {
            if (asked.compareAndSet(true, false)) {
                roundTrips.incrementAndGet();
            }
        }
    }
}
