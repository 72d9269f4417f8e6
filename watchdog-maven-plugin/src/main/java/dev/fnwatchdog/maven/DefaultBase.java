package dev.fnwatchdog.maven;

import java.io.IOException;
import java.nio.file.Path;

/** The base image of those who name none. */
final class DefaultBase {
    private DefaultBase() {}

    /** Temurin's JRE of the Java that the project's classes need. */
    static String of(Path classes) throws IOException {
        return "eclipse-temurin:%d-jre".formatted(JavaLevel.longTerm(classes));
    }
}
