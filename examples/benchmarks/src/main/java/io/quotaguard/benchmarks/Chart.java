package io.quotaguard.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One figure of several contenders over several cases. Mutable, not thread-safe.
 *
 * <p>Cases are drawn from left to right with a line for each contender; where there is only one, the contenders are drawn as
 * bars.
 */
final class Chart {
    private final String title;
    private final Scale scale;
    private final Map<String, Map<String, Double>> byContender = new LinkedHashMap<>();
    private final Set<String> cases = new LinkedHashSet<>();

    Chart(String title, Scale scale) {
        this.title = title;
        this.scale = scale;
    }

    /** How figures are drawn. */
    enum Scale {
        /** From 0 on. */
        LINEAR,
        /** Each step is a multiple: for figures that differ by orders of magnitude. */
        LOGARITHMIC
    }

    void add(String contender, String inCase, double figure) {
        cases.add(inCase);
        byContender.computeIfAbsent(contender, first -> new LinkedHashMap<>()).put(inCase, figure);
    }

    /** Returns what the page's script draws. */
    String json() {
        boolean bars = cases.size() == 1;
        List<String> series = new ArrayList<>();
        if (bars) {
            String only = cases.iterator().next();
            List<String> values = byContender.values().stream()
                    .map(figures -> Json.number(figures.getOrDefault(only, Double.NaN)))
                    .toList();
            series.add(Json.object(Map.of("name", Json.text(only), "values", Json.array(values))));
        } else {
            byContender.forEach((contender, figures) -> {
                List<String> values = cases.stream()
                        .map(each -> Json.number(figures.getOrDefault(each, Double.NaN)))
                        .toList();
                series.add(Json.object(Map.of("name", Json.text(contender), "values", Json.array(values))));
            });
        }
        return Json.object(Map.of(
                "title", Json.text(title),
                "bars", Boolean.toString(bars),
                "log", Boolean.toString(scale == Scale.LOGARITHMIC),
                "categories",
                        Json.array((bars ? byContender.keySet() : cases)
                                .stream().map(Json::text).toList()),
                "series", Json.array(series)));
    }
}
