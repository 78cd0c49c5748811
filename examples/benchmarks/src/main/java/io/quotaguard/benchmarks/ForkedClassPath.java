package io.quotaguard.benchmarks;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Lets JMH start JVMs with the classes of this one. Inside Maven these are not on the class path of its JVM, which is what
 * JMH hands on.
 */
final class ForkedClassPath {
    private ForkedClassPath() {}

    /** Names the classes to JMH, where the JVM's own property does not. */
    static void announce() {
        if (ForkedClassPath.class.getClassLoader() instanceof URLClassLoader loader) {
            String path = Arrays.stream(loader.getURLs())
                    .map(ForkedClassPath::file)
                    .collect(Collectors.joining(File.pathSeparator));
            System.setProperty("java.class.path", path);
        }
    }

    private static String file(URL url) {
        try {
            return Path.of(new URI(url.toString())).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path has " + url, e);
        }
    }
}
