package dev.fnwatchdog.maven.image;

import java.nio.file.Path;

/**
 * A file of a layer.
 *
 * @param source where it is on this machine
 * @param path where it is in the image: absolute, with {@code /} as the separator on every system
 * @param executable whether everyone may execute it; everyone may read it
 */
record LayerFile(Path source, String path, boolean executable) {
    LayerFile {
        // The replacement character stands for text that the JVM could not decode: the file would get another name in
        // the image.
        if (path.indexOf('\uFFFD') >= 0) {
            throw new IllegalArgumentException(
                    "the name of %s is not text in the JVM's encoding: run Maven with LANG=C.UTF-8".formatted(path));
        }
    }

    LayerFile(Path source, String path) {
        this(source, path, false);
    }

    /** Returns the permission bits, which do not depend on the source's. */
    int mode() {
        return executable ? 0755 : 0644;
    }
}
