/**
 * What the library costs, measured on real stores: run by hand, one benchmark at a time, through {@link Benchmarks}.
 *
 * <p>{@link Rounds}, {@link Spread} and {@link Table} are how every benchmark here measures: cases take turns within one
 * run, and what is told is a median with its range. {@link Contender} is who takes part, {@link Traffic} what is asked,
 * {@link Callers} who ask, and {@link CpuTime} what both sides worked. A benchmark asserts nothing about time. Whether the library is right
 * belongs to its tests, and a server to run on to the test bed.
 */
@NullMarked
package io.quotaguard.benchmarks;

import org.jspecify.annotations.NullMarked;
