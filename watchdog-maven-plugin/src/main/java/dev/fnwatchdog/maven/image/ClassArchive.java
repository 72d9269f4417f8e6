package dev.fnwatchdog.maven.image;

import java.nio.file.Path;

/**
 * Classes as one version of Java has them in memory, which makes its start shorter: AppCDS, or an AOT cache on 25 and later.
 *
 * @param file on this machine
 * @param path in the image
 * @param option what the JVM is told of it by
 * @param java the only build of Java that it is good for, such as {@code 17.0.15+6}
 */
public record ClassArchive(Path file, String path, String option, String java) {
    public ImageLayer layer() {
        return ImageLayer.of("archive", file, path);
    }
}
