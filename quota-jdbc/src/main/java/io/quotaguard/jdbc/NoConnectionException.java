package io.quotaguard.jdbc;

/** The host's data source gave no connection in time, so the database was not asked anything. */
final class NoConnectionException extends Exception {
    private static final long serialVersionUID = 1L;

    NoConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
