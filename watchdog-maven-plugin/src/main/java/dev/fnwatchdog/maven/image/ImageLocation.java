package dev.fnwatchdog.maven.image;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Where an image comes from or goes to, spelled as jib spells it: {@code tar://path}, {@code docker://name}, a registry's name with or without
 * {@code registry://}, or {@code scratch}.
 *
 * @param value a path or an image's name; empty for scratch
 */
public record ImageLocation(Kind kind, String value) {
    /** What kinds of places there are. */
    public enum Kind {
        SCRATCH,
        TAR,
        DOCKER,
        REGISTRY;

        String prefix() {
            return name().toLowerCase(Locale.ROOT) + "://";
        }
    }

    /**
     * Parses a location as jib spells it.
     *
     * @param folder what a relative path is relative to
     */
    public static ImageLocation parse(String text, Path folder) {
        if (text.equals("scratch")) {
            return new ImageLocation(Kind.SCRATCH, "");
        }
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind.prefix())) {
                String value = text.substring(kind.prefix().length());
                return new ImageLocation(
                        kind, kind == Kind.TAR ? folder.resolve(value).toString() : value);
            }
        }
        return new ImageLocation(Kind.REGISTRY, text);
    }

    /** As its user may write it; a path whole. */
    @Override
    public String toString() {
        return switch (kind) {
            case SCRATCH -> "scratch";
            case REGISTRY -> value;
            default -> kind.prefix() + value;
        };
    }

    public boolean is(Kind other) {
        return kind == other;
    }
}
