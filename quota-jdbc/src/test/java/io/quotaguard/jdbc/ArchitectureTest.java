package io.quotaguard.jdbc;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The room of quota-jdbc")
class ArchitectureTest {
    private static final String ROOM = "io.quotaguard.jdbc";

    private static final JavaClasses STORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOM);

    @Test
    @DisplayName("of the library, the store sees the nouns and the store contract alone")
    void seesOnlyModelAndSpi() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.quotaguard..")
                        .and(not(resideInAnyPackage(ROOM, "io.quotaguard.model", "io.quotaguard.spi"))))
                .check(STORE);
    }

    @Test
    @DisplayName("the store knows PostgreSQL and no other storage technology")
    void knowsOneStorageTechnology() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "redis.clients..")
                .check(STORE);
    }

    @Test
    @DisplayName("the store is one null-marked package")
    void isOneNullMarkedPackage() {
        assertThat(STORE.stream().map(JavaClass::getPackage).distinct())
                .singleElement()
                .satisfies(room -> {
                    assertThat(room.getName()).isEqualTo(ROOM);
                    assertThat(room.isAnnotatedWith(NullMarked.class)).isTrue();
                });
    }

    @Test
    @DisplayName("nothing is called Util, Helper, Manager or Impl: a name says what a thing is")
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helpers?|Managers?|Impl)(\\$.*)?")
                .check(STORE);
    }
}
