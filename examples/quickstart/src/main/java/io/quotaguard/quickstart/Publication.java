package io.quotaguard.quickstart;

import io.quotaguard.model.Decision;
import java.util.Optional;

/**
 * What came of a post.
 *
 * @param charge the units for its channels
 * @param refund those given back for channels that did not answer
 */
record Publication(Decision charge, Optional<Decision> refund) {}
