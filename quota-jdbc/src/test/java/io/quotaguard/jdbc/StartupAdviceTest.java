package io.quotaguard.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.DriverManager;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;

/** What a store says at its start about waits that it cannot end. */
class StartupAdviceTest {
    private final TestDatabase database = TestDatabase.recycled();
    private final Logger logger = (Logger) LoggerFactory.getLogger(StartupAdvice.class);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    @BeforeEach
    void listen() {
        heard.start();
        logger.addAppender(heard);
    }

    @AfterEach
    void close() {
        logger.detachAppender(heard);
        database.close();
    }

    @Test
    @DisplayName("trap 10, R45: a driver whose opening of connections has no bound is warned of once, with what to set")
    void unbounded() {
        int before = DriverManager.getLoginTimeout();
        // A pool sets it for the whole JVM.
        DriverManager.setLoginTimeout(0);
        try {
            assertThat(saidOf(simple())).singleElement().asString().contains("socketTimeout", "loginTimeout", "R45");
        } finally {
            DriverManager.setLoginTimeout(before);
        }
        PGSimpleDataSource patient = simple();
        patient.setSocketTimeout(7);
        assertThat(saidOf(patient)).isEmpty();
        PGSimpleDataSource quick = simple();
        quick.setLoginTimeout(3);
        assertThat(saidOf(quick)).isEmpty();
    }

    @Test
    @DisplayName("trap 10, R45: a pool that waits long for dead connections is warned of once, with what to set")
    void slowValidation() {
        assertThat(saidOf(5_000)).singleElement().asString().contains("validationTimeout", "5000 ms", "R45");
        assertThat(saidOf(1_000)).isEmpty();
    }

    private List<String> saidOf(long validationMillis) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url() + "&socketTimeout=7");
        config.setMaximumPoolSize(1);
        config.setValidationTimeout(validationMillis);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            return saidOf(pool);
        }
    }

    private List<String> saidOf(DataSource source) {
        heard.list.clear();
        JdbcQuotaStore.create(source).close();
        return heard.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private PGSimpleDataSource simple() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        return source;
    }
}
