package io.quotaguard;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotaguard.alert.AlertListener;
import io.quotaguard.memory.InMemoryQuotaStore;
import io.quotaguard.model.Alert;
import io.quotaguard.model.Change;
import io.quotaguard.model.Plan;
import io.quotaguard.model.ResetPeriod;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerDiscoveryTest {
    /** What {@link Found} heard; the service loader makes the listener, so the test cannot hold it. */
    private static final BlockingQueue<Alert> HEARD = new LinkedBlockingQueue<>();

    public static final class Found implements AlertListener {
        @Override
        public void onAlert(Alert alert) {
            HEARD.add(alert);
        }
    }

    @Test
    @DisplayName("R33: a listener named in META-INF/services hears alerts without being registered")
    void foundByServiceLoader(@TempDir Path folder) throws IOException, InterruptedException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(AlertListener.class.getName()), Found.class.getName());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        QuotaGuardBuilder builder;
        try (URLClassLoader withService =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(withService);
            builder = QuotaGuard.builder(new InMemoryQuotaStore());
        } finally {
            thread.setContextClassLoader(before);
        }
        try (QuotaGuard quota = builder.build()) {
            Change byTest = Change.by("test");
            quota.plans()
                    .create(
                            Plan.named("free")
                                    .limit("articles", 1, ResetPeriod.NEVER)
                                    .build(),
                            byTest);
            quota.subscriptions().subscribe("user-42", "free", byTest);
            quota.checkAndRecord("user-42", "articles").orThrow();

            for (int threshold : new int[] {80, 95, 100}) {
                Alert alert = HEARD.poll(30, TimeUnit.SECONDS);
                assertThat(alert).isNotNull();
                assertThat(alert.threshold()).isEqualTo(threshold);
            }
        }
    }
}
