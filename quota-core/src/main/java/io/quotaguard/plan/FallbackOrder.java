package io.quotaguard.plan;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Plan;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts the plans of a file behind the plans that they fall back to, so that each exists before it is named. */
final class FallbackOrder {
    private static final int SHOWN_PLANS = 20;

    private FallbackOrder() {}

    /**
     * Returns the plans of a file, fallbacks first and otherwise in the file's order.
     *
     * @param plans the plans of the file
     * @param others plans as the store has them, through which a fallback may lead; the file's word on a plan counts
     * @throws InvalidQuotaArgumentException when fallbacks lead round in a cycle
     */
    static List<Plan> of(List<Plan> plans, Collection<Plan> others) {
        Map<String, Plan> all = new LinkedHashMap<>();
        others.forEach(plan -> all.put(plan.code(), plan));
        plans.forEach(plan -> all.put(plan.code(), plan));
        Set<String> ordered = new LinkedHashSet<>();
        for (int i = 0; i < plans.size(); i++) {
            Set<String> chain = new LinkedHashSet<>();
            String code = plans.get(i).code();
            while (code != null && !ordered.contains(code)) {
                if (!chain.add(code)) {
                    throw cycle(i, plans.get(i), chain, code);
                }
                code = fallback(all.get(code));
            }
            Deque<String> backwards = new ArrayDeque<>();
            chain.forEach(backwards::push);
            ordered.addAll(backwards);
        }
        Set<String> own = plans.stream().map(Plan::code).collect(Collectors.toSet());
        return ordered.stream().filter(own::contains).map(all::get).toList();
    }

    private static @Nullable String fallback(@Nullable Plan plan) {
        return plan == null ? null : plan.fallback();
    }

    private static InvalidQuotaArgumentException cycle(int index, Plan plan, Set<String> chain, String end) {
        String round = chain.stream()
                .limit(SHOWN_PLANS)
                .map(InvalidQuotaArgumentException::escape)
                .collect(Collectors.joining(
                        " → ",
                        "",
                        (chain.size() > SHOWN_PLANS ? " → … → " : " → ") + InvalidQuotaArgumentException.escape(end)));
        return InvalidQuotaArgumentException.of(
                "R4",
                "plans[" + index + "].fallback",
                String.valueOf(plan.fallback()),
                "leads round in a cycle: " + round);
    }
}
