package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Path;

/** The base image if the user names none. */
public final class DefaultBase {
    private DefaultBase() {}

    /** Returns Temurin's JRE of the Java version that the project's classes need. */
    public static String of(Path classes) throws IOException {
        return "eclipse-temurin:%d-jre".formatted(JavaLevel.longTerm(classes));
    }
}
