package io.quotaguard.jdbc;

import io.quotaguard.model.Change;
import io.quotaguard.model.Drift;
import io.quotaguard.model.HeldUnits;
import io.quotaguard.model.Pace;
import io.quotaguard.model.PoolShare;
import io.quotaguard.model.TopUser;
import io.quotaguard.model.UsageQuery;
import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.UsageSum;
import io.quotaguard.model.Verification;
import io.quotaguard.model.Window;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.LedgerStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads of the ledger, and its comparison with the counters (R42). Thread-safe. */
final class JdbcLedger implements LedgerStore {
    private final Database database;
    private final RecordTable records;
    private final ReservationTable reservations;
    private final UsageSums sums;
    private final CounterRepair repair;
    private final CounterCheck check;

    JdbcLedger(Database database) {
        this.database = database;
        this.records = new RecordTable(database);
        this.reservations = new ReservationTable(database);
        this.sums = new UsageSums(database);
        this.repair = new CounterRepair(database);
        this.check = new CounterCheck(database, CounterCheck.ROWS_PER_PAGE);
    }

    @Override
    public List<UsageRecord> records(UsageQuery query, Deadline deadline) {
        return database.read("read the ledger", deadline, handle -> records.page(handle, query));
    }

    @Override
    public Optional<UsageRecord> record(long id, Deadline deadline) {
        return database.read("read the ledger's row", deadline, handle -> records.find(handle, id));
    }

    @Override
    public List<UsageRecord> use(String subject, String feature, String key, Deadline deadline) {
        return database.read("read the use", deadline, handle -> records.use(handle, subject, feature, key));
    }

    /** Tells whether a row was written under the key of one of the command's uses. */
    boolean remembers(Command command, Deadline deadline) {
        UUID[] uses = command.lines().stream()
                .filter(line -> line.origin() == null)
                .map(command::identity)
                .toArray(UUID[]::new);
        return database.read("look up the key", deadline, handle -> records.hasAny(handle, uses));
    }

    @Override
    public Optional<HeldUnits> reservation(UUID id, Deadline deadline) {
        return database.read("read the reservation", deadline, handle -> reservations.find(handle, id));
    }

    @Override
    public List<UsageSum> sums(String subject, @Nullable String feature, List<Instant> bounds, Deadline deadline) {
        if (bounds.size() < 2) {
            return List.of();
        }
        return database.read("sum up the ledger", deadline, handle -> sums.sums(handle, subject, feature, bounds));
    }

    @Override
    public List<TopUser> top(String feature, Instant from, Instant to, int max, Deadline deadline) {
        return database.read("sum up the feature", deadline, handle -> sums.top(handle, feature, from, to, max));
    }

    @Override
    public Pace pace(String subject, String feature, Window window, Deadline deadline) {
        return database.read("read the pace", deadline, handle -> sums.pace(handle, subject, feature, window));
    }

    @Override
    public List<PoolShare> shares(String pool, String feature, Window window, int max, Deadline deadline) {
        return database.read(
                "read the pool's shares", deadline, handle -> sums.shares(handle, pool, feature, window, max));
    }

    @Override
    public Verification verify(@Nullable String after, Consumer<Drift> found, Deadline deadline) {
        return check.run(
                after,
                suspect -> {
                    Optional<Drift> drift = check.compare(suspect, deadline);
                    drift.ifPresent(found);
                    return drift.isPresent();
                },
                deadline);
    }

    @Override
    public Verification repair(Change change, @Nullable String after, Consumer<Drift> mended, Deadline deadline) {
        return check.run(
                after,
                suspect -> {
                    Optional<Drift> drift = repair.mend(suspect, change, deadline);
                    drift.ifPresent(mended);
                    return drift.isPresent();
                },
                deadline);
    }
}
