package io.quotaguard.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One Lua script, put together from files beside this class, with the digest under which Redis keeps it. Immutable.
 *
 * @param text the script
 * @param digest its SHA-1, in hexadecimal
 */
record Script(String text, String digest) {
    /** The file that says what time it is; a test has another. */
    static final String CLOCK = "now";

    static Script of(UnaryOperator<String> source, String... files) {
        String text = Stream.of(files).map(source).collect(Collectors.joining("\n"));
        return new Script(text, sha1(text));
    }

    /** Reads a file of this package, without its ending. */
    static String resource(String file) {
        try (InputStream stream = Script.class.getResourceAsStream(file + ".lua")) {
            if (stream == null) {
                throw new IllegalStateException("the script " + file + ".lua is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the script " + file + ".lua cannot be read", e);
        }
    }

    private static String sha1(String text) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(sha1.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
