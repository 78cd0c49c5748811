package io.quotaguard.redis;

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
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rooms of quota-redis")
class ArchitectureTest {
    private static final String ROOM = "io.quotaguard.redis";
    private static final String BOOKS = "io.quotaguard.redis.books";

    private static final JavaClasses STORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOM);

    @Test
    @DisplayName("of the library, the store sees the nouns, the store contract and the books alone")
    void seesOnlyModelAndSpi() {
        noClasses()
                .that()
                .resideInAPackage(ROOM)
                .should()
                .dependOnClassesThat(resideInAPackage("io.quotaguard..")
                        .and(not(resideInAnyPackage(ROOM, BOOKS, "io.quotaguard.model", "io.quotaguard.spi"))))
                .check(STORE);
    }

    @Test
    @DisplayName("the books know the memory store, whose rules they go by, and neither the store nor Redis")
    void booksKnowNoRedis() {
        noClasses()
                .that()
                .resideInAPackage(BOOKS)
                .should()
                .dependOnClassesThat(resideInAPackage("io.quotaguard..")
                        .and(not(resideInAnyPackage(
                                BOOKS, "io.quotaguard.memory", "io.quotaguard.model", "io.quotaguard.spi"))))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..")
                .check(STORE);
    }

    @Test
    @DisplayName("the store knows Redis and no other storage technology")
    void knowsOneStorageTechnology() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.jdbi..", "org.postgresql..", "org.flywaydb..")
                .check(STORE);
    }

    @Test
    @DisplayName("the store and the books are one null-marked package each")
    void areNullMarkedPackages() {
        assertThat(STORE.stream().map(JavaClass::getPackage).distinct())
                .allSatisfy(room ->
                        assertThat(room.isAnnotatedWith(NullMarked.class)).isTrue())
                .extracting(JavaPackage::getName)
                .containsExactlyInAnyOrder(ROOM, BOOKS);
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
