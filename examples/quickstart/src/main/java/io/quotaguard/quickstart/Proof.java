package io.quotaguard.quickstart;

/**
 * Something that must be true after the day, and was looked up.
 *
 * @param holds whether it is
 * @param claim what must be true
 * @param detail what was found
 */
record Proof(boolean holds, String claim, String detail) {}
