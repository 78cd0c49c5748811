package io.quotaguard.plan;

import io.quotaguard.model.Standing;
import io.quotaguard.model.SubjectCatalog;
import io.quotaguard.spi.Line;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The counters whose alerts a change of a subject's terms may fire or re-arm, as lines for the store (R29, R30). */
final class Realignment {
    private Realignment() {}

    static List<Line> lines(SubjectCatalog after, Instant now) {
        List<Line> lines = new ArrayList<>();
        for (String feature : after.features()) {
            Entitlements.Resolved resolved = Entitlements.Resolved.of(after, feature, now);
            if (resolved.entitlement().standing() == Standing.GRANTED) {
                lines.add(new Line(after.subject(), feature, 0, resolved.terms()));
            }
        }
        return lines;
    }
}
