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
        changes.forEach(step -> append(step, text));
        Optional<AuditState.Difference> choice = source.defaultPlan();
        if (choice.isPresent()) {
            text.append(line(
                    DEFAULT_PLAN,
                    shown(choice.get().before()) + " → " + shown(choice.get().after())));
        }
        source.leftAlone().forEach(code -> text.append(line(subject(code), "not in the file, left alone")));
        return text.toString();
    }

    private void append(Step step, StringBuilder text) {
        long version = step.plan().version();
        boolean isNew = step.kind() == Kind.NEW;
        text.append(line(subject(step.plan().code()), isNew ? "new" : "version " + version + " → " + (version + 1)));
        for (AuditState.Difference field : step.differences()) {
            // Beside a new plan there is no before, and of a list of nothing there is nothing to say.
            if (!isNew) {
                text.append(field(field, shown(field.before()) + " → " + shown(field.after())));
            } else if (field.after() != null && !field.after().isEmpty()) {
                text.append(field(field, shown(field.after())));
            }
        }
    }

    private static String field(AuditState.Difference field, String what) {
        return "  " + escape(field.field()) + ": " + what + "\n";
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
