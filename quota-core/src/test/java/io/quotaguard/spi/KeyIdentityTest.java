package io.quotaguard.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.model.Origin;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The identities here were computed by another program, from the description alone. */
@DisplayName("R8: the identity of a key")
class KeyIdentityTest {
    private static final Origin ORIGIN = new Origin("u", "articles", 10);

    @Test
    @DisplayName("is the digest of its scope and itself, marked as version 8")
    void ofAnyKey() {
        assertThat(KeyIdentity.of("u", "f", "k")).hasToString("0c90f7d4-c40a-8887-bb00-e41c92c94f20");
        assertThat(KeyIdentity.of("u", "f", "k", false, null)).isEqualTo(KeyIdentity.of("u", "f", "k"));
    }

    @Test
    @DisplayName("keeps the time of a key that tells one, so that identities grow as the ledger does")
    void ofTimedKey() {
        assertThat(KeyIdentity.of("u", "f", "018e4b5c-1234-7abc-8def-0123456789ab"))
                .hasToString("018e4b5c-1234-75dd-a0de-79df94b1e74b");
    }

    @Test
    @DisplayName("is another for the row that charges what was held under it, and for each row on its behalf")
    void ofRows() {
        assertThat(KeyIdentity.of("u", "f", "k", true, null)).hasToString("e3177143-78ec-8661-af03-e12ccdc20fe4");
        assertThat(KeyIdentity.of("team", "f", "k", false, ORIGIN)).hasToString("f27059b4-8574-89e9-8dcc-b1efb4f58292");
        assertThat(KeyIdentity.of("team", "f", "k", true, ORIGIN)).hasToString("77c53089-cbd5-8d22-889a-8bdb98c77a4b");
    }
}
