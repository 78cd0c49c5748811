package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Thresholds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Plans as a file")
class PlansFileTest {
    static final String WHOLE = """
            {
              "$schema": "plans.schema.json",
              "defaultPlan": "free",
              "plans": [
                {
                  "code": "free",
                  "displayName": "Free",
                  "description": "For trying it out",
                  "price": {"amount": "0.00", "currency": "EUR"},
                  "billingCycle": "monthly",
                  "displayOrder": 1,
                  "active": true,
                  "fallback": null,
                  "features": [
                    {"feature": "articles_per_day", "limit": 3, "period": "daily", "thresholds": [80, 95, 100],
                     "overage": "hard", "failurePolicy": "closed", "displayName": "Articles", "unit": "article"},
                    {"feature": "calls", "limit": -1, "period": "PT15M",
                     "draw": {"credits": "credits", "rate": 10}},
                    {"feature": "credits", "limit": 100, "period": "monthly"}
                  ]
                },
                {
                  "code": "team",
                  "price": {"amount": "9.9", "currency": "EUR"},
                  "billingCycle": "yearly",
                  "active": false,
                  "fallback": "free",
                  "features": [
                    {"feature": "articles_per_day", "limit": 9007199254740991, "period": "never", "thresholds": [],
                     "overage": "+10%", "failurePolicy": "open"}
                  ]
                },
                {"code": "old", "fallback": "team"}
              ]
            }
            """;

    private static final Plan FREE = Plan.named("free")
            .displayName("Free")
            .description("For trying it out")
            .price("0.00", "EUR", BillingCycle.MONTHLY)
            .displayOrder(1)
            .feature(PlanFeature.of("articles_per_day", Limit.of(3), ResetPeriod.DAILY)
                    .shownAs("Articles", "article"))
            .feature(PlanFeature.of("calls", Limit.unlimited(), ResetPeriod.every(Duration.ofMinutes(15)))
                    .drawing(10, "credits"))
            .limit("credits", 100, ResetPeriod.MONTHLY)
            .build();
    private static final Plan TEAM = Plan.named("team")
            .price("9.90", "EUR", BillingCycle.YEARLY)
            .inactive()
            .fallback("free")
            .feature(new PlanFeature(
                    "articles_per_day",
                    Limit.of((1L << 53) - 1),
                    ResetPeriod.NEVER,
                    Thresholds.NONE,
                    Overage.upToPercent(10),
                    FailurePolicy.OPEN,
                    PlanFeature.Label.NONE,
                    null))
            .build();
    private static final Plan OLD = Plan.named("old").fallback("team").build();

    @Test
    @DisplayName("every field is read, and what is left out has the model's default")
    void reads() {
        PlansFile file = PlansFile.parse(WHOLE);

        assertThat(file.plans()).containsExactly(FREE, TEAM, OLD);
        assertThat(file.defaultPlan()).isEqualTo("free");
        assertThat(file.plans().get(0).features().keySet()).containsExactly("articles_per_day", "calls", "credits");
        PlanFeature calls = file.plans().get(0).feature("calls").orElseThrow();
        assertThat(calls.limit().isUnlimited()).isTrue();
        assertThat(calls.thresholds()).isEqualTo(Thresholds.DEFAULT);
        assertThat(calls.overage()).isEqualTo(Overage.HARD);
        assertThat(file.plans().get(1).displayName()).isEqualTo("team");
    }

    @Test
    @DisplayName("null says the same as leaving a field out")
    void nulls() {
        String nulls = """
                {"defaultPlan": null, "plans": [{"code": "a", "displayName": null, "description": null, "price": null,
                 "billingCycle": null, "displayOrder": null, "active": null, "fallback": null, "features": [
                 {"feature": "f", "limit": 1, "period": "daily", "thresholds": null, "overage": null,
                  "failurePolicy": null, "displayName": null, "unit": null}]}]}
                """;

        assertThat(PlansFile.parse(nulls))
                .isEqualTo(PlansFile.of(
                        List.of(Plan.named("a").limit("f", 1, ResetPeriod.DAILY).build()), null));
    }

    @Test
    @DisplayName("what is written is short, in a fixed order, ends with a line end and is read back the same")
    void writes() {
        String json =
                PlansFile.of(List.of(FREE.withVersion(7), TEAM, OLD), "free").toJson();

        assertThat(json).isEqualTo("""
                        {
                          "defaultPlan": "free",
                          "plans": [
                            {
                              "code": "free",
                              "displayName": "Free",
                              "description": "For trying it out",
                              "price": {"amount": "0.00", "currency": "EUR"},
                              "billingCycle": "monthly",
                              "displayOrder": 1,
                              "features": [
                                {
                                  "feature": "articles_per_day",
                                  "limit": 3,
                                  "period": "daily",
                                  "displayName": "Articles",
                                  "unit": "article"
                                },
                                {
                                  "feature": "calls",
                                  "limit": -1,
                                  "period": "PT15M",
                                  "draw": {"credits": "credits", "rate": 10}
                                },
                                {
                                  "feature": "credits",
                                  "limit": 100,
                                  "period": "monthly"
                                }
                              ]
                            },
                            {
                              "code": "team",
                              "price": {"amount": "9.90", "currency": "EUR"},
                              "billingCycle": "yearly",
                              "active": false,
                              "fallback": "free",
                              "features": [
                                {
                                  "feature": "articles_per_day",
                                  "limit": 9007199254740991,
                                  "period": "never",
                                  "thresholds": [],
                                  "overage": "+10%",
                                  "failurePolicy": "open"
                                }
                              ]
                            },
                            {
                              "code": "old",
                              "fallback": "team",
                              "features": []
                            }
                          ]
                        }
                        """);
        assertThat(PlansFile.parse(json)).isEqualTo(PlansFile.parse(WHOLE));
        assertThat(PlansFile.parse(json).toJson()).isEqualTo(json);
    }

    @Test
    @DisplayName("any name and text is read back, and what is invisible is spelled out in the file")
    void hostileNames() {
        Plan plan = Plan.named("a\"b\\c/\u202e配額😀")
                .displayName("</script>\u2028{}")
                .description("two\nlines\t\u0001\u007f, \u200bnothing")
                .limit("f\":1,\"", 0, ResetPeriod.HOURLY)
                .build();
        PlansFile file = PlansFile.of(List.of(plan), plan.code());

        assertThat(PlansFile.parse(file.toJson())).isEqualTo(file);
        assertThat(file.toJson())
                .contains("a\\\"b\\\\c/\\u202e配額😀")
                .contains("two\\nlines\\u0009\\u0001\\u007f, \\u200bnothing");
        assertThat(PlansFile.of(List.of(), null).toJson()).isEqualTo("{\n  \"plans\": []\n}\n");
    }

    @ParameterizedTest
    @MethodSource("io.quotaguard.plan.PlansFileFaults#all")
    @DisplayName("R46: a fault is told with its place, the value and the rule")
    void tells(PlansFileFaults.Fault fault) {
        assertThat(WHOLE).contains(fault.of());
        String json = replaceFirst(WHOLE, fault.of(), fault.instead());

        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(() -> PlansFile.parse(json))
                .withMessage(fault.message());
    }

    @Test
    @DisplayName("R46: what is not one JSON document is told with line and column")
    void malformed() {
        assertFault("", "plans file \"\" is empty, and must be an object in { } (R46)");
        assertFault(" \n ", "plans file \"\" is empty, and must be an object in { } (R46)");
        assertFault("[]", "plans file \"[…]\" is a list, and must be an object in { } (R46)");
        assertFault("null", "plans file \"null\" is nothing, and must be an object in { } (R46)");
        assertFault("{}", "plans is required (R46), but was null");
        assertFault("{\"plans\": []} {}", "plans file \"{\" follows the end of the document, at line 1 (R46)");
        assertThatThrownBy(() -> PlansFile.parse("{\"plans\": [}"))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageStartingWith("plans file at line 1, column 12 \"}\" is not JSON: Unexpected");
        assertThatThrownBy(() -> PlansFile.parse("{\"plans\": [] \u001b\u001b[31m"))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("\\u001B[31m")
                .hasMessageNotContaining("\u001b");
        assertThatThrownBy(() -> PlansFile.parse("[".repeat(100_000)))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("depth");
        assertThatThrownBy(() -> PlansFile.parse("{\"plans\":[" + "0,".repeat(1_000_000) + "0]}"))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("500000 values");
        assertFault(
                " ".repeat(PlansFile.MAX_BYTES + 1),
                "size of the plans file \"4194305\" is more than 4194304 bytes, the most there may be (R46)");
    }

    @Test
    @DisplayName("R46: a file on disk is UTF-8 and its faults begin with its name")
    void reading(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("plans.json");
        Files.writeString(file, WHOLE);
        assertThat(PlansFile.read(file)).isEqualTo(PlansFile.parse(WHOLE));
        Files.writeString(file, "\ufeff" + WHOLE);
        assertThat(PlansFile.read(file)).isEqualTo(PlansFile.parse(WHOLE));

        Files.writeString(file, "{}");
        assertThatThrownBy(() -> PlansFile.read(file)).hasMessage("plans.json: plans is required (R46), but was null");
        Files.write(file, "{\"plans\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> PlansFile.read(file))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("UTF-8");
        Files.write(file, new byte[PlansFile.MAX_BYTES + 5]);
        assertThatThrownBy(() -> PlansFile.read(file))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("is more than 4194304 bytes");
        assertThatThrownBy(() -> PlansFile.read(folder.resolve("none")))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("must be readable (NoSuchFileException)");
    }

    @Test
    @DisplayName("a file made of plans obeys the same rules")
    void made() {
        assertThatThrownBy(() -> PlansFile.of(List.of(FREE, FREE), null))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessage("plans[1].code \"free\" is in the file twice (R46)");
        assertThatThrownBy(() -> PlansFile.of(List.of(FREE.withFallback("team"), TEAM), null))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("plans[0].fallback \"team\" leads round in a cycle: free → team → free");
        assertThatThrownBy(() -> PlansFile.of(List.of(FREE.withStatus(Plan.Status.DELETED)), null))
                .isInstanceOf(InvalidQuotaArgumentException.class)
                .hasMessageContaining("plans[0].code \"free\" is a deleted plan");
        assertThat(PlansFile.of(List.of(TEAM), "elsewhere").plans()).containsExactly(TEAM);
        assertThat(PlansFile.of(List.of(TEAM.withVersion(9)), null)).isEqualTo(PlansFile.of(List.of(TEAM), null));
    }

    private static void assertFault(String json, String message) {
        assertThatExceptionOfType(InvalidQuotaArgumentException.class)
                .isThrownBy(() -> PlansFile.parse(json))
                .withMessage(message);
    }

    private static String replaceFirst(String text, String what, String by) {
        int at = text.indexOf(what);
        return text.substring(0, at) + by + text.substring(at + what.length());
    }
}
