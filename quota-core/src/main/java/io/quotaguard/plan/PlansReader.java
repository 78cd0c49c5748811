package io.quotaguard.plan;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Draw;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Names;
import io.quotaguard.model.Offer;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.Price;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Texts;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads plans out of a document; every fault names its place. The fields are those of {@code plans.schema.json}. */
final class PlansReader {
    static final JsonShape FILE = new JsonShape("a plans file", List.of("plans"), List.of("$schema", "defaultPlan"));
    static final JsonShape PLAN = new JsonShape(
            "a plan",
            List.of("code"),
            List.of(
                    "displayName",
                    "description",
                    "price",
                    "billingCycle",
                    "displayOrder",
                    "active",
                    "fallback",
                    "features"));
    static final JsonShape PRICE = new JsonShape("a price", List.of("amount", "currency"), List.of());
    static final JsonShape FEATURE = new JsonShape(
            "a feature",
            List.of("feature", "limit", "period"),
            List.of("thresholds", "overage", "failurePolicy", "displayName", "unit", "draw"));
    static final JsonShape DRAW = new JsonShape("a draw", List.of("credits", "rate"), List.of());

    /** Bounded, because a decimal of a few characters such as 1e999999999 has a billion digits. */
    private static final Pattern AMOUNT = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,10})?");

    private static final int MAX_THRESHOLD = 1000;

    private PlansReader() {}

    static PlansFile file(JsonValue document) {
        JsonShape.Found found = FILE.in(document);
        found.optional("$schema", JsonValue::text);
        List<Plan> plans = new ArrayList<>();
        for (JsonValue plan : found.required("plans").list()) {
            plans.add(plan(plan));
        }
        return new PlansFile(plans, found.optional("defaultPlan", code -> code.text(Names::requirePlan)));
    }

    private static Plan plan(JsonValue value) {
        JsonShape.Found found = PLAN.in(value);
        String code = found.required("code").text(Names::requirePlan);
        String fallback = found.optional("fallback", plan -> plan.text(Names::requirePlan));
        boolean active = found.optional("active", JsonValue::flag, true);
        Plan.Builder plan = Plan.named(code).offer(offer(code, found));
        for (JsonValue feature : found.optional("features", JsonValue::list, List.<JsonValue>of())) {
            PlanFeature terms = feature(feature);
            feature.field("feature").checked(() -> plan.feature(terms));
        }
        value.field("features").checked(plan::build);
        plan.fallback(fallback);
        // The one fault that is left is a plan that falls back to itself.
        return value.field("fallback").checked((active ? plan : plan.inactive())::build);
    }

    private static Offer offer(String code, JsonShape.Found found) {
        return new Offer(
                found.optional("displayName", name -> name.text(PlansReader::displayName), code),
                found.optional("description", text -> text.text(PlansReader::description)),
                found.optional("price", PlansReader::price),
                found.optional("billingCycle", cycle -> word(cycle, BillingCycle.values())),
                found.optional("displayOrder", n -> (int) n.whole(Integer.MIN_VALUE, Integer.MAX_VALUE), 0));
    }

    private static Price price(JsonValue value) {
        JsonShape.Found found = PRICE.in(value);
        JsonValue amount = found.required("amount");
        String currency = found.required("currency").text();
        if (!AMOUNT.matcher(amount.text()).matches()) {
            throw amount.fault("is not a decimal number such as 9.90");
        }
        return value.checked(() -> Price.of(amount.text(), currency));
    }

    private static PlanFeature feature(JsonValue value) {
        JsonShape.Found found = FEATURE.in(value);
        PlanFeature terms = new PlanFeature(
                found.required("feature").text(Names::requireFeature),
                Limit.of(found.required("limit").whole(-1, Units.MAX)),
                found.required("period").text(ResetPeriod::parse),
                found.optional("thresholds", PlansReader::thresholds, Thresholds.DEFAULT),
                found.optional("overage", overage -> overage.text(Overage::parse), Overage.HARD),
                found.optional("failurePolicy", policy -> word(policy, FailurePolicy.values()), FailurePolicy.CLOSED),
                new PlanFeature.Label(
                        found.optional("displayName", name -> name.text(PlansReader::displayName)),
                        found.optional("unit", unit -> unit.text(PlansReader::unit))),
                null);
        Draw draw = found.optional("draw", PlansReader::draw);
        return draw == null ? terms : value.field("draw").checked(() -> terms.drawing(draw.rate(), draw.credits()));
    }

    private static Draw draw(JsonValue value) {
        JsonShape.Found found = DRAW.in(value);
        return new Draw(
                found.required("credits").text(Names::requireFeature),
                found.required("rate").whole(1, Draw.MAX_RATE));
    }

    private static Thresholds thresholds(JsonValue value) {
        List<Integer> percents = new ArrayList<>();
        for (JsonValue percent : value.list()) {
            percents.add((int) percent.whole(1, MAX_THRESHOLD));
        }
        return value.checked(() -> new Thresholds(percents));
    }

    private static String displayName(String text) {
        return Names.require("display name", text);
    }

    private static String unit(String text) {
        return Names.require("unit", text);
    }

    private static String description(String text) {
        return Texts.require("description", text, Offer.MAX_DESCRIPTION_LENGTH);
    }

    /** Returns the constant that the word names, in lower case as {@link PlansWriter} writes it. */
    private static <E extends Enum<E>> E word(JsonValue value, E[] constants) {
        String word = value.text();
        List<String> words = new ArrayList<>();
        for (E constant : constants) {
            words.add(word(constant));
            if (word.equals(word(constant))) {
                return constant;
            }
        }
        throw value.fault("is none of " + String.join(", ", words));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
