package io.quotaguard.testbed;

/**
 * What a Redis keeps over its own end. Every reply waits until the write is with the operating system, as a rule; the
 * exception is what makes these differ for a {@code kill -9}: while a forced write to disk goes on, a server that forces
 * once a second replies up to two seconds ahead of its file.
 */
public enum RedisDurability {
    /** Nothing is kept ({@code appendonly no}): a restart is empty. */
    NONE,
    /** The file is forced to disk once a second, which is what hosts mostly run: fast, and a kill may lose what was confirmed. */
    EVERY_SECOND,
    /** The file is forced to disk before each reply: what was confirmed is kept. Tests that say so need this one. */
    ALWAYS
}
