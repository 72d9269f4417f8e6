package dev.fnwatchdog.core.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claim {@code function} of a token: what the token permits (specification 8.9).
 *
 * @param audience the functions for which it is meant; empty: all of them
 */
record FunctionClaim(List<ResourcePattern> permissions, List<ResourcePattern> audience) {
    private static final FunctionClaim NOTHING = new FunctionClaim(List.of(), List.of());

    /** Reads the claim; a missing or malformed one permits nothing. */
    static FunctionClaim of(@Nullable Object claim) {
        if (!(claim instanceof Map<?, ?> function)) {
            return NOTHING;
        }
        try {
            return new FunctionClaim(patterns(function.get("permissions")), patterns(function.get("audience")));
        } catch (IllegalArgumentException malformed) {
            // A malformed audience must not count as a missing one, which matches every function.
            return NOTHING;
        }
    }

    private static List<ResourcePattern> patterns(@Nullable Object list) {
        if (list == null) {
            return List.of();
        }
        if (!(list instanceof Iterable<?> elements)) {
            throw new IllegalArgumentException("not a list");
        }
        List<ResourcePattern> patterns = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof String text)) {
                throw new IllegalArgumentException("not a list of strings");
            }
            patterns.add(ResourcePattern.of(text));
        }
        return patterns;
    }

    /** @param resource the function's {@code <namespace>:<name>} */
    boolean permits(String resource) {
        return matchAny(permissions, resource) && (audience.isEmpty() || matchAny(audience, resource));
    }

    private static boolean matchAny(List<ResourcePattern> patterns, String resource) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(resource));
    }
}
