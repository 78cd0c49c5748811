package io.quotaguard.plan;

import io.quotaguard.model.Draw;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.Offer;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Price;
import io.quotaguard.model.Thresholds;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes plans as the JSON that {@link PlansReader} reads, one field a line so that a difference of two versions reads
 * well, and without what says no more than the default.
 */
final class PlansWriter {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private int depth;
    private boolean first = true;

    private PlansWriter() {}

    static String json(PlansFile file) {
        PlansWriter writer = new PlansWriter();
        writer.open("{");
        writer.text("defaultPlan", file.defaultPlan());
        writer.name("plans");
        writer.list(file.plans(), writer::plan);
        writer.close("}");
        return writer.out.append('\n').toString();
    }

    private void plan(Plan plan) {
        Offer offer = plan.offer();
        open("{");
        text("code", plan.code());
        text("displayName", offer.displayName().equals(plan.code()) ? null : offer.displayName());
        text("description", offer.description());
        price(offer.price());
        text("billingCycle", offer.billingCycle() == null ? null : PlansReader.word(offer.billingCycle()));
        if (offer.displayOrder() != 0) {
            name("displayOrder").append(offer.displayOrder());
        }
        if (!plan.active()) {
            name("active").append(false);
        }
        text("fallback", plan.fallback());
        name("features");
        list(List.copyOf(plan.features().values()), this::feature);
        close("}");
    }

    private void price(@Nullable Price price) {
        if (price != null) {
            name("price").append("{\"amount\": ");
            quote(price.amount().toPlainString());
            out.append(", \"currency\": ");
            quote(price.currency().getCurrencyCode());
            out.append('}');
        }
    }

    private void feature(PlanFeature terms) {
        open("{");
        text("feature", terms.feature());
        name("limit").append(terms.limit().units());
        text("period", terms.period().code());
        if (!terms.thresholds().equals(Thresholds.DEFAULT)) {
            name("thresholds")
                    .append(terms.thresholds().percents().stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        text(
                "overage",
                terms.overage().equals(Overage.HARD) ? null : terms.overage().code());
        text(
                "failurePolicy",
                terms.failurePolicy() == FailurePolicy.CLOSED ? null : PlansReader.word(terms.failurePolicy()));
        text("displayName", terms.label().displayName());
        text("unit", terms.label().unit());
        Draw draw = terms.draw();
        if (draw != null) {
            name("draw").append("{\"credits\": ");
            quote(draw.credits());
            out.append(", \"rate\": ").append(draw.rate()).append('}');
        }
        close("}");
    }

    private <T> void list(List<T> values, Consumer<T> write) {
        if (values.isEmpty()) {
            out.append("[]");
            return;
        }
        open("[");
        for (T value : values) {
            next();
            write.accept(value);
        }
        close("]");
    }

    private void text(String name, @Nullable String text) {
        if (text != null) {
            name(name);
            quote(text);
        }
    }

    private StringBuilder name(String name) {
        next();
        return out.append('"').append(name).append("\": ");
    }

    private void next() {
        out.append(first ? "\n" : ",\n").append(INDENT.repeat(depth));
        first = false;
    }

    private void open(String bracket) {
        out.append(bracket);
        depth++;
        first = true;
    }

    private void close(String bracket) {
        depth--;
        out.append('\n').append(INDENT.repeat(depth)).append(bracket);
        first = false;
    }

    /** What is invisible is spelled out, so that a file in a repository shows all that it says. */
    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (isInvisible(c)) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static boolean isInvisible(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
