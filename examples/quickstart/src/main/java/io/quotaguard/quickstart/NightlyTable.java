package io.quotaguard.quickstart;

import io.quotaguard.model.Decision;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;

/** The jobs of the night: what each asked for, what it got, and who had no more to give. */
final class NightlyTable {
    private final List<Answer> jobs;

    /** The jobs among {@code answers}, without retries. */
    NightlyTable(List<Answer> answers) {
        jobs = answers.stream()
                .filter(answer -> answer.line().action() == LogLine.Action.NIGHTLY)
                .filter(answer -> answer.kind() == Answer.Kind.ALLOWED || answer.kind() == Answer.Kind.REFUSED)
                .toList();
    }

    boolean isEmpty() {
        return jobs.isEmpty();
    }

    String heading() {
        long asked = jobs.stream().mapToLong(NightlyTable::asked).sum();
        long published = jobs.stream().mapToLong(NightlyTable::granted).sum();
        return jobs.size() + " jobs for " + asked + " posts: " + published + " published, " + (asked - published)
                + " put off to another night";
    }

    void print(PrintStream out, Function<LogLine, String> time) {
        TextTable table = new TextTable("time", "author", "posts", "published", "put off", "whose limit is reached");
        for (Answer job : jobs) {
            long putOff = asked(job) - granted(job);
            table.row(
                    time.apply(job.line()),
                    job.line().subject(),
                    asked(job),
                    granted(job),
                    putOff,
                    putOff == 0 ? "" : job.decision().map(Decision::subject).orElse(""));
        }
        table.print(out);
    }

    private static long asked(Answer job) {
        return Long.parseLong(job.line().field("posts"));
    }

    private static long granted(Answer job) {
        return job.decision().map(Decision::granted).orElse(0L);
    }
}
