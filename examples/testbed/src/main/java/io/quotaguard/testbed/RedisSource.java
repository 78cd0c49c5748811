package io.quotaguard.testbed;

/** A kind of Redis that tests can be run on. Its address is of the form that {@link RedisAddress} takes apart. */
public interface RedisSource extends ServerSource {}
