package io.quotaguard.redis.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.CatalogVersion;
import io.quotaguard.model.Change;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.FeatureOverride;
import io.quotaguard.model.Limit;
import io.quotaguard.model.LimitSource;
import io.quotaguard.model.Origin;
import io.quotaguard.model.Overage;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Standing;
import io.quotaguard.model.Thresholds;
import io.quotaguard.model.Window;
import io.quotaguard.spi.BackingStore.Decided;
import io.quotaguard.spi.CatalogCommand;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Operation;
import io.quotaguard.spi.Spending;
import io.quotaguard.spi.Target;
import io.quotaguard.spi.Terms;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Records as bytes")
class RecordBytesTest {
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00.123456Z");
    private static final Change CHANGE = new Change("admin 🤖", null, "key:{}");

    static Stream<Deed<?>> deeds() {
        UUID id = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad91");
        Spending spending = new Spending(List.of(new Spending.Spent("s1", 3, Map.of("a", "b"))), 4);
        FeatureOverride override = new FeatureOverride(
                "user",
                "text",
                Limit.unlimited(),
                ResetPeriod.parse("PT90M"),
                null,
                Overage.SOFT,
                FailurePolicy.OPEN,
                NOON);
        return Stream.of(
                new Deed.Execute(command(Operation.HOLD, new Target(id, 7, Duration.ofMillis(1500), null))),
                new Deed.Execute(command(Operation.SPEND, Target.of(id, spending))),
                new Deed.Post(new Decided(command(Operation.RECORD, null), NOON)),
                new Deed.Apply(new CatalogCommand.SavePlan(plan(), 3, CHANGE)),
                new Deed.Apply(
                        new CatalogCommand.SaveOverride("user", "text", override, -1, List.of(line("user")), CHANGE)),
                new Deed.Apply(new CatalogCommand.SaveOverride("user", "text", null, 2, List.of(), CHANGE)),
                new Deed.Claim("node", 100, Duration.ofMinutes(1)),
                new Deed.MarkSent(List.of(1L, Long.MAX_VALUE)),
                new Deed.Fail(5, Duration.ZERO, 3),
                new Deed.Repair(CHANGE, null),
                new Deed.ForgetWindows(Duration.ofDays(400)));
    }

    private static Command command(Operation operation, @Nullable Target target) {
        return new Command(operation, "k \"%", List.of(line("user"), line("team")), Map.of("m", "ü"), target);
    }

    private static Line line(String subject) {
        Window window = new Window(Instant.parse("1969-12-31T23:00:00Z"), subject.equals("team") ? null : NOON);
        Terms terms = new Terms(
                Standing.GRANTED,
                Limit.of(10),
                Limit.unlimited(),
                Thresholds.of(80, 100),
                new LimitSource(LimitSource.Kind.PLAN, "free", 2),
                window,
                null,
                NOON,
                new CatalogVersion(1, null, -1, 4),
                true);
        return new Line(subject, "text", Long.MAX_VALUE >>> 11, terms, new Origin("user", "text", 3));
    }

    private static Plan plan() {
        return Plan.named("free")
                .price("9.90", "EUR", BillingCycle.MONTHLY)
                .limit("text", 10, ResetPeriod.DAILY)
                .unlimited("image", ResetPeriod.NEVER)
                .build();
    }

    @ParameterizedTest
    @MethodSource("deeds")
    @DisplayName("R42: what is written down is read as it was")
    void readsAsWritten(Deed<?> deed) {
        Signed signed = new Signed(Long.MIN_VALUE, 17, deed);

        assertThat(RecordBytes.read(Signed.class, RecordBytes.write(signed))).isEqualTo(signed);
    }

    @Test
    @DisplayName("F1: an entry that was cut short, or is of another form, is an error and not another deed")
    void refusesWhatItDoesNotKnow() {
        byte[] bytes = RecordBytes.write(new Signed(1, 2, new Deed.MarkSent(List.of(3L))));
        byte[] other = bytes.clone();
        other[0]++;

        assertThatThrownBy(() -> RecordBytes.read(Signed.class, Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> RecordBytes.read(Signed.class, other)).hasMessageContaining("form 2");
    }

    @Test
    @DisplayName(
            "F1: the bytes are those that older nodes wrote: whoever changes a record has to give them another form")
    void keepsItsForm() throws IOException {
        Set<String> records = new TreeSet<>();
        describe(Signed.class, records);

        try (InputStream known = RecordBytesTest.class.getResourceAsStream("form-" + RecordBytes.FORM + ".txt")) {
            assertThat(String.join("\n", records) + "\n")
                    .isEqualTo(new String(Objects.requireNonNull(known).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void describe(Type type, Set<String> records) {
        if (type instanceof ParameterizedType generic) {
            describe(generic.getRawType(), records);
            Stream.of(generic.getActualTypeArguments()).forEach(part -> describe(part, records));
        } else if (type instanceof WildcardType wildcard) {
            describe(wildcard.getUpperBounds()[0], records);
        } else if (type instanceof Class<?> plain && plain != ResetPeriod.class && records.add(text(plain))) {
            if (plain.isRecord()) {
                Stream.of(plain.getRecordComponents()).forEach(part -> describe(part.getGenericType(), records));
            } else if (plain.isSealed()) {
                Stream.of(plain.getPermittedSubclasses()).forEach(one -> describe(one, records));
            }
        }
    }

    private static String text(Class<?> type) {
        List<String> parts = List.of();
        if (type.isRecord()) {
            parts = Stream.of(type.getRecordComponents())
                    .map(part -> part.getName() + " " + part.getGenericType().getTypeName())
                    .toList();
        } else if (type.isSealed()) {
            parts = RecordBytes.kinds(type).stream().map(Class::getName).toList();
        } else if (type.isEnum()) {
            parts = Stream.of(type.getEnumConstants()).map(String::valueOf).toList();
        }
        return type.getName() + parts;
    }
}
