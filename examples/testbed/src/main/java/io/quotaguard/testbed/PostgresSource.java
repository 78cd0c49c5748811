package io.quotaguard.testbed;

/**
 * A kind of PostgreSQL that tests can be run on. Its address is that of a database, of the form that {@link PostgresUrl} takes
 * apart, with the user and password of somebody who may create databases.
 */
public interface PostgresSource extends ServerSource {}
