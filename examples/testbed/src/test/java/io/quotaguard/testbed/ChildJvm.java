package io.quotaguard.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with this one's class path, since some promises are about several JVMs or about one's end. */
final class ChildJvm {
    private static final String MARK = "to parent: ";

    private ChildJvm() {}

    static Process start(Class<?> main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                main.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Says something to the parent, in a way that no line of a log looks like. */
    static void tell(Object message) {
        System.out.println(MARK + message);
    }

    /** The next thing the child says to its parent; its log goes the same way and is passed over. */
    static String hear(BufferedReader output) throws IOException {
        String line = output.readLine();
        while (line != null && !line.startsWith(MARK)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("The child ended without a word");
        }
        return line.substring(MARK.length());
    }
}
