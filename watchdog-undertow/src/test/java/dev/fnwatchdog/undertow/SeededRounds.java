package dev.fnwatchdog.undertow;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Rounds of a randomised test, for a given time. Each has a seed of its own, which a failure names: with {@code
 * -Dfuzz.seed=N} that round is the first.
 */
final class SeededRounds {
    private static final String SEED = "fuzz.seed";

    private SeededRounds() {}

    /** Shorter runs belong to every build, and do the same each time; longer ones look for what is new. */
    private static final Duration SHORT = Duration.ofMinutes(1);

    private static final long USUAL_SEED = 1;

    /** One round: all its choices come from {@code random}. */
    interface Round {
        void play(SplittableRandom random) throws Exception;
    }

    private static long anySeed() {
        return new SplittableRandom().nextLong(Long.MAX_VALUE / 2);
    }

    static void play(String name, Duration time, Round round) {
        long first = Long.getLong(SEED, time.compareTo(SHORT) < 0 ? USUAL_SEED : anySeed());
        long end = System.nanoTime() + time.toNanos();
        long seed = first;
        for (; seed == first || System.nanoTime() - end < 0; seed++) {
            try {
                round.play(new SplittableRandom(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("%s: reproduce with -D%s=%d".formatted(name, SEED, seed), e);
            }
        }
        System.out.printf("%s: %d rounds from -D%s=%d%n", name, seed - first, SEED, first);
    }
}
