package dev.fnwatchdog.core.config;

import java.util.Optional;

/** Finds the setting that a user has probably meant (specification 1.8). */
final class Misspelling {
    private static final int MIN_LENGTH = 7;
    private static final int MAX_DISTANCE = 2;

    private Misspelling() {}

    /**
     * Returns the setting whose name differs from {@code name} by one or two letters, if it has more than six letters itself.
     * Nothing is returned for the name of a setting.
     */
    static Optional<String> meant(String name) {
        String nearest = "";
        int least = MAX_DISTANCE + 1;
        for (Definition<?> setting : Definitions.ALL) {
            for (String candidate : setting.names()) {
                int distance =
                        candidate.length() < MIN_LENGTH && !candidate.equals(name) ? least : distance(name, candidate);
                if (distance < least) {
                    least = distance;
                    nearest = candidate;
                }
            }
        }
        return nearest.isEmpty() || nearest.equals(name) ? Optional.empty() : Optional.of(nearest);
    }

    /** Returns how many letters have to be inserted, removed or replaced; more than the maximum where it is more. */
    private static int distance(String from, String to) {
        if (Math.abs(from.length() - to.length()) > MAX_DISTANCE) {
            return MAX_DISTANCE + 1;
        }
        int[] before = new int[to.length() + 1];
        for (int i = 0; i <= to.length(); i++) {
            before[i] = i;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            int least = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(before[j], row[j - 1]));
                least = Math.min(least, row[j]);
            }
            // Kubernetes sets hundreds of variables, most of which differ from every setting in their first letters.
            if (least > MAX_DISTANCE) {
                return least;
            }
            before = row;
        }
        return before[to.length()];
    }
}
