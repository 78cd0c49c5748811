package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Anchor;
import io.quotaguard.model.CatalogEntry;
import io.quotaguard.model.CatalogQuery;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import io.quotaguard.model.Usage;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.spi.Deadline;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A guard with a little in its store, none of which a test changes: that is checked after each. */
abstract class Unchanging {
    static final String USER = "user-42";
    static final String ARTICLES = "articles_per_day";
    static final Change BY = Change.by("test");
    static final Anchor UTC = Anchor.inZone(ZoneId.of("UTC"));
    static final LocalDate DAY = LocalDate.of(2026, 3, 10);
    static final ZoneId ZONE = ZoneId.of("UTC");
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    final InMemoryQuotaStore store = new InMemoryQuotaStore();
    final QuotaGuard quota = QuotaGuard.builder(store).timeout(TIMEOUT).build();
    Plan free = Plan.named("free").limit(ARTICLES, 10, ResetPeriod.DAILY).build();
    private List<UsageRecord> ledger = List.of();
    private List<CatalogEntry> catalog = List.of();

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // What a caller does whose compiler does not look.
    static <T> T missing() {
        return null;
    }

    @BeforeEach
    void useALittle() {
        free = quota.plans().create(free, BY);
        quota.subscriptions().subscribe(USER, "free", BY);
        quota.checkAndRecord(Usage.of(USER, ARTICLES).amount(3).key("before"));
        ledger = ledger();
        catalog = catalog();
    }

    @AfterEach
    void nothingChanged() {
        assertThat(ledger()).isEqualTo(ledger);
        assertThat(catalog()).isEqualTo(catalog);
        assertThat(quota.usage().verify(TIMEOUT)).isEmpty();
        assertThat(quota.check(USER, ARTICLES).used()).isEqualTo(3);
        quota.close();
    }

    private List<UsageRecord> ledger() {
        return quota.usage().records(UsageQuery.of(USER));
    }

    private List<CatalogEntry> catalog() {
        CatalogQuery all = CatalogQuery.all();
        return store.catalog().history(all, Deadline.after(TIMEOUT));
    }
}
