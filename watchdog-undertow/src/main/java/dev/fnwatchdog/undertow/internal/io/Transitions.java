package dev.fnwatchdog.undertow.internal.io;

/** Checks the changes of enums of states. Threads: any. */
public final class Transitions {
    private Transitions() {}

    /**
     * Returns {@code to} where that may follow {@code from}. Elsewhere it fails an assertion in tests; in production the state
     * stays as it is, because a state that has ended must not begin again.
     */
    public static <S extends Enum<S>> S checked(S from, S to, boolean permitted) {
        assert permitted : from + " cannot become " + to;
        return permitted ? to : from;
    }
}
