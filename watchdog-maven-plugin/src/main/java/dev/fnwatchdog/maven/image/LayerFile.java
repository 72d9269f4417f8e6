package dev.fnwatchdog.maven.image;

import java.nio.file.Path;

/**
 * A file of a layer.
 *
 * @param source where it is now
 * @param path where it will be: absolute, with {@code /} between its parts on every system
 * @param executable whether everybody may run it; everybody may read it
 */
record LayerFile(Path source, String path, boolean executable) {
    LayerFile {
        // What a name becomes that the JVM could not decode: it would be packed under another name.
        if (path.indexOf('\uFFFD') >= 0) {
            throw new IllegalArgumentException(
                    "the name of %s is not text in the JVM's encoding: run Maven with LANG=C.UTF-8".formatted(path));
        }
    }

    LayerFile(Path source, String path) {
        this(source, path, false);
    }

    /** The permission bits, whatever the file's own are. */
    int mode() {
        return executable ? 0755 : 0644;
    }
}
