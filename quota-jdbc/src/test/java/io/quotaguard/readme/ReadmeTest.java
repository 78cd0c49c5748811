package io.quotaguard.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Holds the README to code that is compiled and run: each of its Java blocks stands in a test. */
class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

    @Test
    @DisplayName("Every Java block of the README is compiled and run by a test")
    void snippetsAreCompiled() throws IOException {
        assertCompiled(
                "../README.md", "quota-jdbc/*/ReadmeSnippetsTest.java", "quota-redis/*/RedisReadmeSnippetsTest.java");
    }

    @Test
    @DisplayName("Every Java block of the core's own page is compiled and run by a test")
    void coreSnippetsAreCompiled() throws IOException {
        assertCompiled("../quota-core/README.md", "quota-jdbc/*/CoreReadmeSnippetsTest.java");
    }

    private static void assertCompiled(String page, String... tests) throws IOException {
        StringBuilder code = new StringBuilder();
        for (String test : tests) {
            code.append(Files.readString(Path.of("..", test.replace("*", "src/test/java/io/quotaguard/readme"))));
        }
        String snippets = squeezed(code.toString());
        List<String> blocks = JAVA_BLOCK
                .matcher(Files.readString(Path.of(page)))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();

        assertThat(blocks).hasSizeGreaterThan(5);
        assertThat(blocks).allSatisfy(block -> assertThat(snippets).contains(squeezed(block)));
    }

    @Test
    @DisplayName("The README names the commands that the build server runs")
    void commandsAreThoseOfTheBuildServer() throws IOException {
        String ci = Files.readString(Path.of("../.ci/run"));

        assertThat(Files.readString(Path.of("../README.md"))).contains("\nmvn -B verify\n");
        assertThat(ci).contains("mvn -B verify");
    }

    /** The formatter breaks lines as the indentation wants; what is said stays the same without white space. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
