package dev.fnwatchdog.maven.image.base;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a Java installation, as its file {@code release} names it.
 *
 * @param version such as {@code 17.0.15}
 * @param build such as {@code 17.0.15+6}; empty if the file does not name it, as that of {@code jlink}
 */
public record JavaRelease(String version, String build) {
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"?([0-9]{1,4}[^\"\\s]*)");
    private static final Pattern BUILD = Pattern.compile("(?m)^JAVA_RUNTIME_VERSION=\"?([^\"\\s]+)");

    static boolean isOne(String file) {
        return VERSION.matcher(file).find();
    }

    static Optional<JavaRelease> parse(String file) {
        Matcher version = VERSION.matcher(file);
        Matcher build = BUILD.matcher(file);
        return version.find()
                ? Optional.of(new JavaRelease(version.group(1), build.find() ? build.group(1) : ""))
                : Optional.empty();
    }

    /** Returns the feature version, such as 17. */
    public int feature() {
        Matcher digits = Pattern.compile("[0-9]+").matcher(version);
        return digits.find() ? Integer.parseInt(digits.group()) : 0;
    }

    /** Whether this is the same Java as one of this machine, as far as the file tells. */
    public boolean isThatOf(JavaHome java) {
        return build.isEmpty()
                ? java.build().matches(Pattern.quote(version) + "([^0-9.].*)?")
                : build.equals(java.build());
    }

    @Override
    public String toString() {
        return build.isEmpty() ? version : build;
    }
}
