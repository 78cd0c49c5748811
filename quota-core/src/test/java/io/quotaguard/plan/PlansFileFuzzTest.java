package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.InvalidQuotaArgumentException;
import io.quotaguard.model.Limit;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.PlanFeature;
import io.quotaguard.model.ResetPeriod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Plans files at random")
class PlansFileFuzzTest {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "null",
            "true",
            "-",
            "1e99",
            "0.5",
            "3",
            "99999999999999999999999",
            "\"free\"",
            "\"team\"",
            "\"P1D\"",
            "\"PT-1S\"",
            "\"+0%\"",
            "\"+9999999999999999\"",
            "\"JPY\"",
            "\"XXX\"",
            "\u0000",
            "\u202e",
            "\ud83d",
            "NaN",
            "//",
            "/*",
            "\n",
            "\"code\":",
            "\"fallback\":");

    @Test
    @DisplayName("R46: a damaged file is read or refused, never anything else, and the refusal is one printable line")
    void damaged() {
        Random random = new Random(20_260_302);
        int read = 0;
        for (int round = 0; round < 6_000; round++) {
            String damaged = damaged(random);
            try {
                PlansFile file = PlansFile.parse(damaged);
                assertThat(PlansFile.parse(file.toJson())).isEqualTo(file);
                read++;
            } catch (InvalidQuotaArgumentException e) {
                assertThat(String.valueOf(e.getMessage()).codePoints())
                        .as(e.getMessage())
                        .noneMatch(Character::isISOControl)
                        .noneMatch(c -> Character.getType(c) == Character.FORMAT);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("round " + round + ": " + damaged, e);
            }
        }
        assertThat(read).as("damage that does no harm").isBetween(100, 5_500);
    }

    @Test
    @DisplayName("any plans are read back from what is written")
    void roundTrip() {
        Random random = new Random(20_260_303);
        for (int round = 0; round < 500; round++) {
            List<Plan> plans = new ArrayList<>();
            for (int n = random.nextInt(5); n > 0; n--) {
                plans.add(plan(random, n));
            }
            PlansFile file = PlansFile.of(plans, random.nextBoolean() ? "p1" : null);
            String json = file.toJson();
            assertThat(PlansFile.parse(json)).isEqualTo(file);
            assertThat(PlansFile.parse(json).toJson()).isEqualTo(json);
        }
    }

    private static String damaged(Random random) {
        StringBuilder text = new StringBuilder(PlansFileTest.WHOLE);
        for (int n = 1 + random.nextInt(4); n > 0 && text.length() > 0; n--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 3));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                case 3 -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
                default -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString();
    }

    private static Plan plan(Random random, int n) {
        Plan.Builder plan = Plan.named("p" + n).displayOrder(random.nextInt());
        if (random.nextBoolean()) {
            plan.description(text(random)).displayName("x" + text(random).replaceAll("\\p{Cntrl}", ""));
        }
        if (n > 1 && random.nextBoolean()) {
            plan.fallback("p" + (n - 1));
        }
        for (int feature = random.nextInt(4); feature > 0; feature--) {
            PlanFeature terms = PlanFeature.of(
                    "f" + feature,
                    Limit.of(random.nextInt(1000) - 1),
                    random.nextBoolean()
                            ? ResetPeriod.WEEKLY
                            : ResetPeriod.every(Duration.ofSeconds(1 + random.nextInt(10_000_000))));
            plan.feature(random.nextBoolean() ? terms : terms.overage(Overage.upTo(1 + random.nextInt(10))));
        }
        return random.nextBoolean() ? plan.build() : plan.inactive().build();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
            int c = 1 + random.nextInt(random.nextBoolean() ? 127 : 0x1F9FF);
            text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? '?' : c);
        }
        return text.toString();
    }
}
