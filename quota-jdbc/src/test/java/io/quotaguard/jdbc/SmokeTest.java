package io.quotaguard.jdbc;

import org.junit.jupiter.api.Test;
import io.quotaguard.spi.*;
import java.util.List;

class SmokeTest {
    @Test
    void smoke() {
        try (TestDatabase db = TestDatabase.migrated(); JdbcQuotaStore store = JdbcQuotaStore.create(db.dataSource())) {
            System.out.println(Commands.run(store, Commands.record("k1", Commands.line("u", "f", 8, 10))));
            System.out.println(Commands.run(store, Commands.record("k1", Commands.line("u", "f", 8, 10))));
            System.out.println(Commands.run(store, Commands.record("k1", Commands.line("u", "f", 7, 10))));
            System.out.println(Commands.run(store, Commands.record("k2", Commands.line("u", "f", 7, 10))));
            System.out.println(Commands.run(store, Commands.record("k3", Commands.line("u", "f", 2, 10), Commands.line("u", "g", 2, 10))));
            System.out.println(Commands.run(store, Commands.of(Operation.RESET, "k4", Commands.line("u", "f", 0, 10))));
            System.out.println(Commands.run(store, Commands.of(Operation.CHECK, "k5", Commands.line("u", "zz", 5, 10))));
            System.out.println(Commands.run(store, Commands.of(Operation.POST, "k6", Commands.line("u", "zz", 50, 10))));
            System.out.println(store.execute(List.of(Commands.record("b", Commands.line("u", "f", 2, 10)), Commands.record("b", Commands.line("u", "f", 2, 10)), Commands.record("b", Commands.line("u", "f", 3, 10)), Commands.record("c", Commands.line("u", "f", 9, 10))), Commands.soon()));
            for (int r = 0; r < 5; r++) {
                long t = System.nanoTime();
                for (int i = 0; i < 1000; i++) Commands.run(store, Commands.record(Commands.line("u" + i, "f", 1, 1000000)));
                System.out.println("wide us/op " + (System.nanoTime() - t) / 1000_000.0);
                t = System.nanoTime();
                for (int i = 0; i < 1000; i++) Commands.run(store, Commands.of(Operation.CHECK, "k", Commands.line("u" + i, "f", 1, 1000000)));
                System.out.println("check us/op " + (System.nanoTime() - t) / 1000_000.0);
                t = System.nanoTime();
                for (int i = 0; i < 20; i++) { var l = new java.util.ArrayList<Command>(); for (int j = 0; j < 64; j++) l.add(Commands.record(Commands.line("u" + (i*64+j)%1000, "f", 1, 1000000))); store.execute(l, Commands.soon()); }
                System.out.println("batch64 us/op " + (System.nanoTime() - t) / 1000.0/20/64);
            }
        }
    }
}
