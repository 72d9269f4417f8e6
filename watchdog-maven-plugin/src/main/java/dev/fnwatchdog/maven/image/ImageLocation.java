package dev.fnwatchdog.maven.image;

import java.nio.file.Path;
import java.util.Locale;

/**
 * The source or the target of an image, spelled as in jib: {@code tar://path}, {@code docker://name}, an image name in
 * a registry with or without {@code registry://}, or {@code scratch}.
 *
 * @param value a path or an image's name; empty for scratch
 */
public record ImageLocation(Kind kind, String value) {
    /** The kinds of locations. */
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
     * @param folder the folder to which a relative path refers
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

    /** Returns the location as a user may write it, with an absolute path. */
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
