package io.quotaguard.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quotaguard.model.BillingCycle;
import io.quotaguard.model.Draw;
import io.quotaguard.model.FailurePolicy;
import io.quotaguard.model.Names;
import io.quotaguard.model.Offer;
import io.quotaguard.model.Units;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The schema of the plans file")
class PlansSchemaTest {
    private final JsonNode schema = schema();

    @Test
    @DisplayName("it has the fields that the parser reads, requires the same ones, and lets no other in")
    void sameFields() {
        assertSame(schema, PlansReader.FILE);
        assertSame(schema.at("/$defs/plan"), PlansReader.PLAN);
        assertSame(schema.at("/$defs/price"), PlansReader.PRICE);
        assertSame(schema.at("/$defs/feature"), PlansReader.FEATURE);
        assertSame(schema.at("/$defs/draw"), PlansReader.DRAW);
    }

    @Test
    @DisplayName("it has the words and the bounds of the model")
    void sameValues() {
        assertThat(words("/$defs/plan/properties/billingCycle/enum"))
                .containsExactlyElementsOf(words(BillingCycle.values()));
        assertThat(words("/$defs/feature/properties/failurePolicy/enum"))
                .containsExactlyElementsOf(words(FailurePolicy.values()));
        assertThat(schema.at("/$defs/feature/properties/limit/maximum").asLong())
                .isEqualTo(Units.MAX);
        assertThat(schema.at("/$defs/draw/properties/rate/maximum").asLong()).isEqualTo(Draw.MAX_RATE);
        assertThat(schema.at("/$defs/name/maxLength").asInt()).isEqualTo(Names.MAX_LENGTH);
        assertThat(schema.at("/$defs/plan/properties/description/maxLength").asInt())
                .isEqualTo(Offer.MAX_DESCRIPTION_LENGTH);
    }

    @Test
    @DisplayName("each of its fields is described")
    void described() {
        List<JsonNode> objects = new ArrayList<>(schema.findParents("properties"));
        assertThat(objects).hasSize(5);
        for (JsonNode object : objects) {
            object.get("properties")
                    .forEach(field ->
                            assertThat(field.path("description").asText()).isNotBlank());
        }
    }

    private static void assertSame(JsonNode object, JsonShape shape) {
        List<String> properties = new ArrayList<>();
        object.get("properties").fieldNames().forEachRemaining(properties::add);
        List<String> required = new ArrayList<>();
        object.get("required").forEach(name -> required.add(name.asText()));
        assertThat(properties)
                .containsExactlyInAnyOrderElementsOf(shape.fields().toList());
        assertThat(required).containsExactlyInAnyOrderElementsOf(shape.required());
        assertThat(object.get("additionalProperties").asBoolean(true)).isFalse();
    }

    private List<String> words(String pointer) {
        List<String> words = new ArrayList<>();
        schema.at(pointer).forEach(word -> {
            if (!word.isNull()) {
                words.add(word.asText());
            }
        });
        return words;
    }

    private static List<String> words(Enum<?>[] constants) {
        return Arrays.stream(constants).map(PlansReader::word).toList();
    }

    private static JsonNode schema() {
        try (InputStream in = PlansFile.class.getResourceAsStream("plans.schema.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
