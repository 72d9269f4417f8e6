package dev.fnwatchdog.maven.image;

import java.nio.file.Path;

/**
 * A class archive in the memory format of one version of Java, which shortens startup: AppCDS, or an AOT cache on
 * 25 and later.
 *
 * @param file on this machine
 * @param path in the image
 * @param option the JVM's option that names the archive
 * @param java the only build of Java that can use it, such as {@code 17.0.15+6}
 */
public record ClassArchive(Path file, String path, String option, String java) {
    public ImageLayer layer() {
        return ImageLayer.of("archive", file, path);
    }
}
