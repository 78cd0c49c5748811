package io.quotaguard.memory;

import io.quotaguard.spi.CatalogStore.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to know that the catalog changed. Thread-safe. */
final class ChangeHints {
    private static final Logger log = LoggerFactory.getLogger(ChangeHints.class);

    private final List<Runnable> registered = new CopyOnWriteArrayList<>();

    Registration add(Runnable hint) {
        registered.add(hint);
        return () -> registered.remove(hint);
    }

    void give() {
        for (Runnable hint : registered) {
            try {
                hint.run();
            } catch (RuntimeException e) {
                log.error("a hint of a catalog change failed", e);
            }
        }
    }
}
