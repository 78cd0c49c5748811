package io.quotaguard.lease;

/** The posting thread's work, one turn at a time. */
public final class PosterTurn {
    private PosterTurn() {}

    /** Takes one turn of what a guard wanted a thread for; tells whether the store could be asked. */
    public static boolean of(Runnable poster) {
        return ((Poster) poster).turn(false);
    }
}
