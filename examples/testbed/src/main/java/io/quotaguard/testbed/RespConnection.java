package io.quotaguard.testbed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which Redis is asked one command after the other. Without a client library, so that what a test finds
 * out behind a client's back does not depend on that client, and no reconnecting or retrying is mixed in.
 */
final class RespConnection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket = new Socket();
    private final InputStream in;

    RespConnection(InetSocketAddress server) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            socket.connect(server, Math.toIntExact(PATIENCE.toMillis()));
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The reply as redis-cli prints it into a pipe: see {@link EmbeddedRedis#ask}. */
    String ask(String... words) throws IOException {
        List<byte[]> command = new ArrayList<>();
        for (String word : words) {
            command.add(word.getBytes(StandardCharsets.UTF_8));
        }
        List<String> lines = new ArrayList<>();
        for (byte[] part : exchange(command)) {
            lines.add(new String(part, StandardCharsets.UTF_8));
        }
        return String.join("\n", lines);
    }

    /** Every value of the reply in the order of its coming, in its own bytes: keys need not be text. */
    List<byte[]> exchange(List<byte[]> command) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(ascii("*" + command.size() + "\r\n"));
        for (byte[] word : command) {
            request.writeBytes(ascii("$" + word.length + "\r\n"));
            request.writeBytes(word);
            request.writeBytes(ascii("\r\n"));
        }
        socket.getOutputStream().write(request.toByteArray());
        List<byte[]> values = new ArrayList<>();
        @Nullable String refusal = readInto(values);
        if (refusal != null) {
            throw new TestServerException(
                    "Redis on port " + socket.getPort() + " refused " + text(command.get(0)) + ": " + refusal);
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Reads one reply to its end, whatever is in it, so that the next one is found; returns what was refused, if anything. */
    private @Nullable String readInto(List<byte[]> values) throws IOException {
        String line = readLine();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '-' -> {
                return rest;
            }
            case '+', ':' -> values.add(ascii(rest));
            case '$' -> values.add(readBulk(Integer.parseInt(rest)));
            case '*' -> {
                return readArray(Integer.parseInt(rest), values);
            }
            default -> throw new IOException("Not a reply of Redis: " + line);
        }
        return null;
    }

    private @Nullable String readArray(int size, List<byte[]> values) throws IOException {
        @Nullable String refusal = null;
        for (int i = 0; i < size; i++) {
            @Nullable String refused = readInto(values);
            refusal = refusal == null ? refused : refusal;
        }
        return refusal;
    }

    private byte[] readBulk(int length) throws IOException {
        if (length < 0) {
            return new byte[0];
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || !readLine().isEmpty()) {
            throw new EOFException("The server hung up in the middle of a value");
        }
        return bytes;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int character = in.read(); character != '\n'; character = in.read()) {
            if (character < 0) {
                throw new EOFException("The server hung up instead of replying");
            }
            line.append((char) character);
        }
        line.setLength(Math.max(0, line.length() - 1)); // The other half of the line's end.
        return line.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
