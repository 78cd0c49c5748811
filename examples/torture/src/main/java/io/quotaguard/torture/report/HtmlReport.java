package io.quotaguard.torture.report;

import io.quotaguard.torture.check.Invariant;
import io.quotaguard.torture.check.Violation;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** The report for people: one page that needs nothing else. */
public final class HtmlReport {
    private static final String HEAD = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Torture run</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: left; border-bottom: 1px solid #ddd }
            td.n { text-align: right; font-variant-numeric: tabular-nums } .kept { color: #176b2c } .broken { color: #a11 }
            pre { background: #f6f6f6; padding: .8rem; white-space: pre-wrap; overflow-wrap: anywhere } .line { position: relative; height: 2.2rem; background: #eef; margin: .3rem 0 }
            .line i { position: absolute; top: 0; bottom: 0; min-width: 3px; background: #d60 }
            </style></head><body>
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    private HtmlReport() {}

    public static String of(RunReport run) {
        HtmlReport report = new HtmlReport();
        report.summary(run);
        run.rounds().forEach(report::round);
        return report.page.append("</body></html>\n").toString();
    }

    private void summary(RunReport run) {
        page.append("<h1>Torture of ").append(escape(run.store())).append("</h1>");
        page.append(run.kept() ? "<p class=kept>Every promise was kept." : "<p class=broken>");
        page.append(run.kept() ? "" : run.broken().isEmpty() ? "The run failed." : "Promises were broken.");
        page.append("</p><pre>").append(escape(run.command())).append("</pre><h2>Promises</h2><table>");
        Map<Invariant, Integer> broken = run.broken();
        for (Invariant invariant : Invariant.values()) {
            int times = broken.getOrDefault(invariant, 0);
            row(
                    invariant + " " + invariant.promise(),
                    times == 0 ? "kept" : times == 1 ? "broken once" : "broken " + times + " times");
        }
        page.append("</table><h2>Faults</h2><table>");
        run.faults().forEach((name, times) -> row(name, Long.toString(times)));
        page.append("</table><h2>Figures</h2><table>");
        row("calls", Long.toString(run.calls()));
        run.figures().forEach((name, units) -> row(name, Long.toString(units)));
        page.append("</table>");
    }

    private void row(String name, String value) {
        page.append("<tr><td>")
                .append(escape(name))
                .append("</td><td class=n>")
                .append(escape(value))
                .append("</td></tr>");
    }

    private void round(RoundReport round) {
        page.append("<h2 class=").append(round.kept() ? "kept" : "broken").append(">Round with seed ");
        page.append(round.seed()).append("</h2><p>").append(round.calls()).append(" calls in ");
        page.append(seconds(round.load()))
                .append(", checked in ")
                .append(seconds(round.check()))
                .append(".</p><p>Refused: ")
                .append(escape(round.refusals()))
                .append("</p><p>Alerts: ")
                .append(escape(round.deliveries()))
                .append("</p>");
        if (!round.failed().isEmpty()) {
            page.append("<p class=broken>Failed: ")
                    .append(escape(round.failed().toString()))
                    .append("</p>");
        }
        timeLine(round);
        for (Violation violation : round.violations()) {
            page.append("<h3 class=broken>").append(violation.invariant()).append(": ");
            page.append(escape(violation.headline())).append("</h3><pre>");
            page.append(escape(String.join("\n", violation.story()))).append("</pre>");
        }
    }

    private void timeLine(RoundReport round) {
        double all = Math.max(1, round.load().toMillis());
        page.append("<div class=line>");
        for (RoundReport.Happened fault : round.faults()) {
            page.append(String.format(
                    Locale.ROOT,
                    "<i style=\"left:%.2f%%;width:%.2f%%\" title=\"%s\"></i>",
                    100 * fault.at().toMillis() / all,
                    100 * fault.lasted().toMillis() / all,
                    escape(fault.fault())));
        }
        page.append("</div><details><summary>faults</summary><table>");
        for (RoundReport.Happened fault : round.faults()) {
            row(
                    "at " + seconds(fault.at()) + " for " + seconds(fault.lasted()) + ": " + fault.meaning(),
                    fault.fault());
        }
        page.append("</table></details>");
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
