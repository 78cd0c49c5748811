package io.quotaguard;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("The rooms of quota-core")
class ArchitectureTest {
    private static final String LIBRARY = "io.quotaguard";

    /** The rooms below the front door. The front door sees all of them and none of them sees it. */
    private static final List<Room> ROOMS = List.of(
            new Room("model"),
            new Room("spi", "model"),
            new Room("plan", "model", "spi"),
            new Room("usage", "model", "spi"),
            new Room("alert", "model", "spi"),
            new Room("lease", "model", "spi", "plan"),
            new Room("memory", "model", "spi"));

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(LIBRARY);

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROOMS")
    @DisplayName("a room sees only the rooms below it, never the front door")
    void dependenciesRunOneWay(Room room) {
        noClasses()
                .that()
                .resideInAPackage(room.packageName())
                .should()
                .dependOnClassesThat(resideInAPackage(LIBRARY + "..").and(not(resideInAnyPackage(room.visible()))))
                .check(CORE);
    }

    @Test
    @DisplayName("every package is a room with a rule, and is null-marked")
    void everyPackageIsAKnownRoom() {
        List<String> known = Stream.concat(Stream.of(LIBRARY), ROOMS.stream().map(Room::packageName))
                .toList();
        Set<JavaPackage> found = CORE.stream().map(JavaClass::getPackage).collect(Collectors.toSet());

        assertThat(found).extracting(JavaPackage::getName).containsExactlyInAnyOrderElementsOf(known);
        assertThat(found)
                .allSatisfy(room -> assertThat(room.isAnnotatedWith(NullMarked.class))
                        .as("%s is @NullMarked", room.getName())
                        .isTrue());
    }

    @Test
    @DisplayName("no storage technology is known to the core, so a host on the memory store carries no driver")
    void knowsNoStorageTechnology() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jdbi..", "org.postgresql..", "io.lettuce..", "org.flywaydb..")
                .check(CORE);
    }

    @Test
    @DisplayName(
            "one class alone knows Jackson, so that a host without it loses nothing but the reading of a plans file")
    void oneClassKnowsJackson() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.PlansJson(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml..")
                .check(CORE);
    }

    @Test
    @DisplayName("no package is called internal: what is internal is package-private")
    void noPackageIsInternal() {
        noClasses().should().resideInAPackage("..internal..").check(CORE);
    }

    @Test
    @DisplayName("nothing is called Util, Helper, Manager or Impl: a name says what a thing is")
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helpers?|Managers?|Impl)(\\$.*)?")
                .check(CORE);
    }

    private record Room(String name, List<String> seen) {
        Room(String name, String... seen) {
            this(name, List.of(seen));
        }

        String packageName() {
            return LIBRARY + "." + name;
        }

        String[] visible() {
            return Stream.concat(Stream.of(name), seen.stream())
                    .map(room -> LIBRARY + "." + room)
                    .toArray(String[]::new);
        }

        @Override
        public String toString() {
            return name + " sees " + seen;
        }
    }
}
