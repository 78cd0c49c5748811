package io.quotaguard.torture.check;

import io.quotaguard.model.UsageRecord;
import io.quotaguard.model.Window;

/** Which counter. */
public record CounterName(String subject, String feature, Window window) {
    static CounterName of(UsageRecord row) {
        return new CounterName(row.subject(), row.feature(), row.window());
    }

    @Override
    public String toString() {
        return subject + "/" + feature + (window.end() == null ? "" : " from " + window.start());
    }
}
