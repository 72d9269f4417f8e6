package dev.fnwatchdog.maven.image.base;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java installation that runs on this machine.
 *
 * @param feature its feature version, such as 17 or 25
 * @param build its unique version, such as {@code 17.0.15+6-LTS}
 */
public record JavaHome(Path command, int feature, String build) {
    private static final Pattern VERSION = Pattern.compile("\\(build (([0-9]+)[^,)]*)");

    /** Returns the Java that runs Maven. */
    public static JavaHome ofThisBuild() throws IOException {
        return at(Path.of(System.getProperty("java.home")));
    }

    /**
     * Runs a Java to find its version.
     *
     * @throws IOException if it cannot be run
     */
    public static JavaHome at(Path home) throws IOException {
        Path command = home.resolve("bin/java");
        Process process = new ProcessBuilder(command.toString(), "-version")
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        Matcher version = VERSION.matcher(output);
        if (!version.find()) {
            throw new IOException("%s cannot be run here: %s".formatted(command, output.strip()));
        }
        return new JavaHome(command, Integer.parseInt(version.group(2)), version.group(1));
    }
}
