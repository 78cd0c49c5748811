package io.quotaguard.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark finds: told at once on the terminal, and in the end as one page with charts that needs no network and no
 * other file. Not thread-safe.
 */
final class Report {
    private static final String ECHARTS = "META-INF/maven/org.webjars/echarts/pom.properties";

    private final PrintStream out;
    private final String title;
    private final StringBuilder page = new StringBuilder();
    private final StringBuilder text = new StringBuilder();

    Report(PrintStream out, String title) {
        this.out = out;
        this.title = title;
    }

    /** Tells a line. */
    void say(String line) {
        out.println(line);
        text.append(line).append('\n');
    }

    void table(Table table) {
        table.lines().forEach(this::say);
    }

    /** Draws what was told since the last charts, on the page alone: the charts, and the same as text below them. */
    void section(String heading, List<Chart> charts) {
        page.append("<section><h2>").append(escaped(heading)).append("</h2>\n<div class=\"charts\">\n");
        for (Chart chart : charts) {
            page.append("<div class=\"chart\"><script type=\"application/json\">")
                    .append(chart.json())
                    .append("</script></div>\n");
        }
        page.append("</div>\n");
        flushText();
        page.append("</section>\n");
    }

    private void flushText() {
        page.append("<pre>").append(escaped(text.toString().strip())).append("</pre>\n");
        text.setLength(0);
    }

    /** Writes the page, if a file was named. */
    void write(@Nullable Path path) {
        if (path == null) {
            return;
        }
        if (text.length() > 0) {
            flushText();
        }
        String html = resource("report.html")
                .replace("@title@", escaped(title))
                .replace("@body@", page)
                .replace("@echarts@", library());
        try {
            Files.writeString(path, html);
        } catch (IOException e) {
            throw new UsageException("--html " + path + " cannot be written: " + e);
        }
        out.println("Charts: " + path.toAbsolutePath());
    }

    /** ECharts, of whichever version the build brought. */
    private static String library() {
        Properties properties = new Properties();
        try (InputStream in = stream(ECHARTS)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return resource("META-INF/resources/webjars/echarts/" + properties.getProperty("version") + "/echarts.min.js");
    }

    private static String resource(String name) {
        try (InputStream in = stream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream stream(String name) {
        return Objects.requireNonNull(Report.class.getClassLoader().getResourceAsStream(name), name);
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
