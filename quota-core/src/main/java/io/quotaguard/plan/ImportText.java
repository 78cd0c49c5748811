package io.quotaguard.plan;

import static io.quotaguard.model.InvalidQuotaArgumentException.escape;

import io.quotaguard.model.AuditState;
import io.quotaguard.plan.PlanImport.Kind;
import io.quotaguard.plan.PlanImport.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An import as a person reads it: what changes plan by plan, then the default plan, then what is left alone. */
final class ImportText {
    private static final String DEFAULT_PLAN = "default plan";
    private static final int GAP = 3;

    private final PlanImport source;
    private final List<Step> changes;
    private final int width;

    ImportText(PlanImport source) {
        this.source = source;
        this.changes = source.steps().stream()
                .filter(step -> step.kind() != Kind.UNCHANGED)
                .toList();
        this.width = GAP
                + Stream.concat(changes.stream().map(step -> step.plan().code()), source.leftAlone().stream())
                        .mapToInt(code -> subject(code).length())
                        .reduce(DEFAULT_PLAN.length(), Math::max);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(source.isEmpty() ? "nothing to change\n" : "");
        for (Step step : changes) {
            boolean isNew = step.kind() == Kind.NEW;
            long version = step.plan().version();
            String verb = isNew ? "new" : "version " + version + " → " + (version + 1);
            text.append(line(subject(step.plan().code()), verb));
            for (AuditState.Difference field : step.differences()) {
                text.append("  ").append(escape(field.field())).append(": ");
                text.append(isNew ? "" : shown(field.before()) + " → ")
                        .append(shown(field.after()))
                        .append('\n');
            }
        }
        Optional<AuditState.Difference> choice = source.defaultPlan();
        if (choice.isPresent()) {
            text.append(line(
                    DEFAULT_PLAN,
                    shown(choice.get().before()) + " → " + shown(choice.get().after())));
        }
        source.leftAlone().forEach(code -> text.append(line(subject(code), "not in the file, left alone")));
        return text.toString();
    }

    private String line(String subject, String what) {
        return subject + " ".repeat(width - subject.length()) + what + "\n";
    }

    private static String subject(String code) {
        return "plan " + escape(code);
    }

    private static String shown(@Nullable String value) {
        return value == null ? "(none)" : escape(value);
    }
}
