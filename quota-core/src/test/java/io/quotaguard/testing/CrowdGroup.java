package io.quotaguard.testing;

import io.quotaguard.QuotaGuard;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;

/** Sixteen threads over three nodes of one store. */
abstract class CrowdGroup extends ContractGroup {
    static final int THREADS = 16;

    List<QuotaGuard> nodes;

    CrowdGroup(Function<Instant, StoreFixture> fixtures) {
        super(fixtures);
    }

    @BeforeEach
    void openNodes() {
        nodes = List.of(quota, guard(fixture.anotherNode()), guard(fixture.anotherNode()));
    }

    /** Runs {@code work} on all threads at once, each with its number and one of the nodes. */
    void onAllThreads(Crowd.Work work) {
        Crowd.run(THREADS, thread -> work.run(thread, nodes.get(thread % nodes.size())));
    }
}
