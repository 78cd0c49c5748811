package io.quotaguard.quickstart;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows of words in aligned columns; columns of figures lean to the right. Not thread-safe. */
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... heads) {
        rows.add(List.of(heads));
    }

    void row(Object... cells) {
        rows.add(List.of(cells).stream().map(String::valueOf).toList());
    }

    void print(PrintStream out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String padding = " ".repeat(width(column) - row.get(column).length());
                String cell = row.get(column);
                line.append("  ").append(isFigures(column) ? padding + cell : cell + padding);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private boolean isFigures(int column) {
        return rows.size() > 1
                && rows.stream().skip(1).allMatch(row -> row.get(column).matches("[0-9%]*"));
    }
}
