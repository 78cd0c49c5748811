package io.quotaguard.memory;

import io.quotaguard.spi.Command;
import io.quotaguard.spi.Deadline;
import io.quotaguard.spi.Line;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The meters of a command's lines, locked in the lines' order, and the accounts of their counters. */
final class LockedLines implements AutoCloseable {
    private final Meters meters;
    private final Meter[] locked;
    private final LockedLine[] lines;
    private final List<Account> accounts;
    private int count;

    private LockedLines(Meters meters, int size) {
        this.meters = meters;
        this.locked = new Meter[size];
        this.lines = new LockedLine[size];
        this.accounts = new ArrayList<>(size);
    }

    static LockedLines lock(Command command, Meters meters, Deadline deadline) {
        List<Line> lines = command.lines();
        LockedLines together = new LockedLines(meters, lines.size());
        try {
            for (int i = 0; i < lines.size(); i++) {
                together.add(i, lines.get(i), deadline, command.key());
            }
            return together;
        } catch (RuntimeException e) {
            together.close();
            throw e;
        }
    }

    private void add(int index, Line line, Deadline deadline, String key) {
        Account account = known(line);
        if (account == null) {
            boolean shared = index > 0 && line.sharesOwner(lines[index - 1].line());
            if (!shared) {
                locked[count] = meters.lock(Owner.of(line), deadline, key);
                count++;
            }
            account = new Account(line, locked[count - 1]);
            accounts.add(account);
        }
        lines[index] = new LockedLine(line, account);
    }

    /** Returns the account of an earlier line on the same counter, or null; lines of one owner stand together. */
    private @Nullable Account known(Line line) {
        for (int i = accounts.size() - 1; i >= 0; i--) {
            Account account = accounts.get(i);
            if (!account.meter().owner().equals(Owner.of(line))) {
                return null;
            } else if (account.isOf(line)) {
                account.add(line);
                return account;
            }
        }
        return null;
    }

    LockedLine[] lines() {
        return lines;
    }

    /** Returns one account for each counter. */
    List<Account> accounts() {
        return accounts;
    }

    @Override
    public void close() {
        while (count > 0) {
            meters.release(locked[--count]);
        }
    }
}
