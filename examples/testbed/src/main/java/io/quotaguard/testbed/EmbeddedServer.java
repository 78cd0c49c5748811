package io.quotaguard.testbed;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A server of one's own: a real one, on 127.0.0.1 and a free port, with an empty data folder that is deleted in the end. It
 * can be killed, paused and started again. It ends with {@link #close()}, or with this JVM however that ends. Safe for use
 * by several threads.
 */
public abstract class EmbeddedServer implements AutoCloseable {
    private static final int PORT_ATTEMPTS = 5;

    private final String name;
    private final Thread atShutdown = new Thread(this::closeNow, "embedded-server-shutdown");

    private int port;
    private @Nullable ServerProcess process;
    private boolean paused;
    private boolean closed;

    /** Makes one that does not run yet; the name is for logs and errors. */
    EmbeddedServer(String name) {
        this.name = name;
    }

    /** Starts the program on the port and returns when it accepts connections. */
    abstract ServerProcess launch(int port);

    /** As {@link #launch} for data that a killed server may have left. */
    ServerProcess launchAgain(int again) {
        return launch(again);
    }

    /** Ends the program in good order. */
    abstract void end(ServerProcess running);

    /** Ends the program whose data are deleted next. */
    abstract void endForGood(ServerProcess running);

    /** Deletes the folder. */
    abstract void deleteData();

    /** Tells by the server's words that somebody else has the port. */
    abstract boolean saysPortIsTaken(String words);

    /** Starts it for the first time; what fails leaves nothing behind. */
    final void begin(Runnable preparation, IntSupplier ports) {
        try {
            Runtime.getRuntime().addShutdownHook(atShutdown);
            preparation.run();
            launchOn(ports);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The TCP port, which stays the same over restarts. */
    public final synchronized int port() {
        return port;
    }

    /** The number of the server's process, the parent if it has several; a restart changes it. */
    public final synchronized long pid() {
        return running().pid();
    }

    /** Whether the server's process lives; a paused one does. */
    public final synchronized boolean isRunning() {
        return process != null && process.isRunning();
    }

    /** Kills the server and all its connections at once ({@code kill -9}), as a crash would. What was on disk stays. */
    public final synchronized void kill() {
        running().kill();
        ended();
    }

    /** Ends the server in good order, cutting its connections. The data stay. */
    public final synchronized void stop() {
        end(running());
        ended();
    }

    /** Starts the server again on the same data and port: after a {@link #kill()}, a {@link #stop()}, or while it runs. */
    public final synchronized void restart() {
        restartAfter(() -> {});
    }

    /** Starts it again after something was done to the data of the server at rest. */
    final synchronized void restartAfter(Runnable change) {
        if (closed) {
            throw new IllegalStateException("The server on port " + port + " is closed and its data are gone");
        }
        if (isRunning()) {
            stop();
        }
        change.run();
        process = launchAgain(port);
    }

    /** Stops every process of the server where it stands, so that it accepts connections but never answers. */
    public final synchronized void pause() {
        running().pause();
        paused = true;
    }

    /** Lets a paused server go on; what it was asked meanwhile it then does. */
    public final synchronized void resume() {
        running().resume();
        paused = false;
    }

    /** Ends the server and deletes its data. Closing again does nothing. */
    @Override
    public final void close() {
        closeNow();
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            // The JVM is ending; its hook has found or will find nothing left to do.
        }
    }

    @Override
    public final synchronized String toString() {
        return "embedded " + name + " on 127.0.0.1:" + port;
    }

    /** Whether it lives and is not paused. */
    final synchronized boolean answers() {
        return isRunning() && !paused;
    }

    private synchronized void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (process != null) {
                endForGood(process);
                ended();
            }
        } finally {
            deleteData();
        }
    }

    private void ended() {
        process = null;
        paused = false;
    }

    private ServerProcess running() {
        if (process == null) {
            throw new IllegalStateException("The server on port " + port + " is not running");
        }
        return process;
    }

    /** A port that is free now may be taken by the time the server wants it, so another one is tried then. */
    private synchronized void launchOn(IntSupplier ports) {
        for (int attempt = 1; ; attempt++) {
            port = ports.getAsInt();
            try {
                process = launch(port);
                return;
            } catch (TestServerException e) {
                if (attempt == PORT_ATTEMPTS || !saysPortIsTaken(String.valueOf(e.getMessage()))) {
                    throw e;
                }
            }
        }
    }
}
