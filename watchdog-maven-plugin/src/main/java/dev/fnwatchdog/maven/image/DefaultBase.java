package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Path;

/** The base image of those who name none. */
public final class DefaultBase {
    private DefaultBase() {}

    /** Temurin's JRE of the Java that the project's classes need. */
    public static String of(Path classes) throws IOException {
        return "eclipse-temurin:%d-jre".formatted(JavaLevel.longTerm(classes));
    }
}
