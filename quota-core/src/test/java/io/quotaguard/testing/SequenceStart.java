package io.quotaguard.testing;

import io.quotaguard.model.Plan;
import java.time.Instant;
import java.util.List;

/**
 * What there is before the first step of a sequence.
 *
 * @param instant when it begins
 * @param plans the plans that its steps name, at their first version
 */
record SequenceStart(Instant instant, List<Plan> plans) {}
