package io.quotaguard.plan;

import java.util.List;

/** What can be wrong in a plans file: changes to {@link PlansFileTest#WHOLE}, and what is said about each. */
final class PlansFileFaults {
    private PlansFileFaults() {}

    /**
     * One change.
     *
     * @param instead what is written
     * @param of in place of the first of these
     * @param message and what is said about it
     */
    record Fault(String instead, String of, String message) {
        @Override
        public String toString() {
            return message;
        }
    }

    /** Each of them. */
    static List<Fault> all() {
        return List.of(
                new Fault(
                        "\"limitt\": 3",
                        "\"limit\": 3",
                        "plans[0].features[0].limitt \"3\" is not a field of a feature; did you mean limit? (R46)"),
                new Fault(
                        "\"foo\": {}",
                        "\"displayOrder\": 1",
                        "plans[0].foo \"{…}\" is not a field of a plan; it has code, displayName, description, price,"
                                + " billingCycle, displayOrder, active, fallback, features (R46)"),
                new Fault(
                        "\"default-plan\"",
                        "\"defaultPlan\"",
                        "default-plan \"free\" is not a field of a plans file; did you mean defaultPlan? (R46)"),
                new Fault(
                        "\"\\u001b[31m\": 3",
                        "\"limit\": 3",
                        "plans[0].features[0].\\u001B[31m \"3\" is not a field of a feature; it has feature, limit,"
                                + " period, thresholds, overage, failurePolicy, displayName, unit, draw (R46)"),
                new Fault(
                        "\"limit\": \"3\"",
                        "\"limit\": 3",
                        "plans[0].features[0].limit \"3\" is text in quotes, and must be a whole number (R46)"),
                new Fault(
                        "\"limit\": 3.5",
                        "\"limit\": 3",
                        "plans[0].features[0].limit \"3.5\" is not a whole number in -1 … 9007199254740991 (R46)"),
                new Fault(
                        "\"limit\": 1e3",
                        "\"limit\": 3",
                        "plans[0].features[0].limit \"1e3\" is not a whole number in -1 … 9007199254740991 (R46)"),
                new Fault(
                        "\"limit\": 9007199254740992",
                        "\"limit\": 9007199254740991",
                        "plans[1].features[0].limit \"9007199254740992\" is not a whole number in"
                                + " -1 … 9007199254740991 (R46)"),
                new Fault(
                        "\"limit\": 99999999999999999999",
                        "\"limit\": 9007199254740991",
                        "plans[1].features[0].limit \"99999999999999999999\" is not a whole number in"
                                + " -1 … 9007199254740991 (R46)"),
                new Fault(
                        "\"limit\": -2",
                        "\"limit\": -1",
                        "plans[0].features[1].limit \"-2\" is not a whole number in -1 … 9007199254740991 (R46)"),
                new Fault(
                        "\"limit\": null",
                        "\"limit\": -1",
                        "plans[0].features[1].limit is required (R46), but was null"),
                new Fault(
                        "{\"limit\"",
                        "{\"feature\": \"calls\", \"limit\"",
                        "plans[0].features[1].feature is required (R46), but was null"),
                new Fault(
                        "\"limit\": -1,",
                        "\"limit\": -1, \"period\": \"PT15M\",",
                        "plans[0].features[1].period is required (R46), but was null"),
                new Fault(
                        "\"credits\": \"articles\"",
                        "\"credits\": \"credits\"",
                        "plans[0].features: credit feature articles of feature \"calls\" is not in the plan (R40)"),
                new Fault(
                        "\"credits\": \"calls\"",
                        "\"credits\": \"credits\"",
                        "plans[0].features[1].draw: credit feature \"calls\" would be paid from itself (R40)"),
                new Fault(
                        "\"rate\": 0",
                        "\"rate\": 10",
                        "plans[0].features[1].draw.rate \"0\" is not a whole number in 1 … 1000000 (R46)"),
                new Fault(
                        "{\"fallback\"",
                        "{\"code\": \"old\", \"fallback\"",
                        "plans[2].code is required (R46), but was null"),
                new Fault(
                        "\"period\": \"fortnightly\"",
                        "\"period\": \"daily\"",
                        "plans[0].features[0].period: reset period must be hourly, daily, weekly, monthly, yearly, never"
                                + " or a duration such as PT15M, but was \"fortnightly\""),
                new Fault(
                        "\"thresholds\": [0, 95, 100]",
                        "\"thresholds\": [80, 95, 100]",
                        "plans[0].features[0].thresholds[0] \"0\" is not a whole number in 1 … 1000 (R46)"),
                new Fault(
                        "\"thresholds\": [80, 95, 95]",
                        "\"thresholds\": [80, 95, 100]",
                        "plans[0].features[0].thresholds: thresholds \"[80, 95, 95]\" are not in ascending order without"
                                + " repeats (R27)"),
                new Fault(
                        "\"thresholds\": {}",
                        "\"thresholds\": [80, 95, 100]",
                        "plans[0].features[0].thresholds \"{…}\" is an object, and must be a list in [ ] (R46)"),
                new Fault(
                        "\"overage\": \"10\"",
                        "\"overage\": \"hard\"",
                        "plans[0].features[0].overage: overage must be hard, soft, +100 or +10% (R41), but was \"10\""),
                new Fault(
                        "\"failurePolicy\": \"OPEN\"",
                        "\"failurePolicy\": \"open\"",
                        "plans[1].features[0].failurePolicy \"OPEN\" is none of closed, open (R46)"),
                new Fault(
                        "\"unit\": \" \"",
                        "\"unit\": \"article\"",
                        "plans[0].features[0].unit: unit \" \" is blank (R46)"),
                new Fault(
                        "\"displayName\": \"\\ud83d\"",
                        "\"displayName\": \"Free\"",
                        "plans[0].displayName: display name \"\\uD83D\" has a lone surrogate at index 0 (R46)"),
                new Fault(
                        "\"currency\": \"EURO\"",
                        "\"currency\": \"EUR\"",
                        "plans[0].price: currency must be a code of ISO 4217 such as EUR, but was \"EURO\""),
                new Fault(
                        "\"amount\": \"-1.00\"",
                        "\"amount\": \"0.00\"",
                        "plans[0].price: price \"-1.00\" is negative (R46)"),
                new Fault(
                        "\"amount\": 0",
                        "\"amount\": \"0.00\"",
                        "plans[0].price.amount \"0\" is a number, and must be text in quotes (R46)"),
                new Fault(
                        "\"amount\": \"0e-999999999\"",
                        "\"amount\": \"0.00\"",
                        "plans[0].price.amount \"0e-999999999\" is not a decimal number such as 9.90 (R46)"),
                new Fault(
                        "\"price\": {\"amount\": \"1\"}",
                        "\"price\": {\"amount\": \"0.00\", \"currency\": \"EUR\"}",
                        "plans[0].price.currency is required (R46), but was null"),
                new Fault(
                        "\"billingCycle\": \"daily\"",
                        "\"billingCycle\": \"monthly\"",
                        "plans[0].billingCycle \"daily\" is none of weekly, monthly, quarterly, yearly (R46)"),
                new Fault(
                        "\"displayOrder\": 2147483648",
                        "\"displayOrder\": 1",
                        "plans[0].displayOrder \"2147483648\" is not a whole number in -2147483648 … 2147483647 (R46)"),
                new Fault(
                        "\"active\": \"yes\"",
                        "\"active\": true",
                        "plans[0].active \"yes\" is text in quotes, and must be true or false (R46)"),
                new Fault(
                        "\"code\": \"free\"", "\"code\": \"old\"", "plans[2].code \"free\" is in the file twice (R46)"),
                new Fault(
                        "\"feature\": \"articles_per_day\", \"limit\": -1",
                        "\"feature\": \"calls\", \"limit\": -1",
                        "plans[0].features[1].feature: feature \"articles_per_day\" is in the plan twice (R46)"),
                new Fault(
                        "\"active\": true, \"active\": true",
                        "\"active\": true",
                        "plans[0].active \"true\" is in one object twice, at line 12 (R46)"),
                new Fault(
                        "\"fallback\": \"free\"",
                        "\"fallback\": null",
                        "plans[0].fallback: fallback plan \"free\" is the plan itself (R4)"),
                new Fault(
                        "\"fallback\": \"old\"",
                        "\"fallback\": null",
                        "plans[0].fallback \"old\" leads round in a cycle: free → old → team → free (R4)"),
                new Fault(
                        "\"defaultPlan\": \"\"", "\"defaultPlan\": \"free\"", "defaultPlan: plan \"\" is blank (R46)"),
                new Fault(
                        "\"plans\": null, \"x\": [",
                        "\"plans\": [",
                        "x \"[…]\" is not a field of a plans file; it has plans, $schema, defaultPlan (R46)"));
    }
}
