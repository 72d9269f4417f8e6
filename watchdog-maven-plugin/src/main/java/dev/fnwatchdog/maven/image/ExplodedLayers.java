package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.maven.files.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes layers as folders, one for each layer, for {@code COPY} in a Dockerfile. Times and permissions are those of
 * the image.
 */
public final class ExplodedLayers {
    private static final FileTime TIME = FileTime.from(ImageLayer.TIME);

    private ExplodedLayers() {}

    /** Writes the layers into a folder, which is emptied first. */
    public static void write(List<ImageLayer> layers, Path folder) throws IOException {
        Folders.delete(folder);
        for (ImageLayer layer : layers) {
            write(layer, folder.resolve(layer.name()));
        }
    }

    /** Returns where a path of the image is among the folders; if it is in none, the path itself. */
    public static String find(Path folder, String path) {
        if (!path.startsWith("/")) {
            return path;
        }
        try (Stream<Path> layers = Files.list(folder)) {
            return layers.map(layer -> layer.resolve(path.substring(1)))
                    .filter(Files::exists)
                    .map(Path::toString)
                    .findFirst()
                    .orElse(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(ImageLayer layer, Path root) throws IOException {
        List<Path> folders = new ArrayList<>(List.of(root));
        layer.folders().forEach(path -> folders.add(root.resolve(path.substring(1))));
        for (Path folder : folders) {
            Files.createDirectories(folder);
        }
        for (LayerFile file : layer.files()) {
            Path copy = root.resolve(file.path().substring(1));
            Files.copy(file.source(), copy, StandardCopyOption.REPLACE_EXISTING);
            setAttributes(copy, file.mode());
        }
        // Innermost first and after the files, because each new file changes its folder's time.
        Collections.reverse(folders);
        for (Path folder : folders) {
            setAttributes(folder, 0755);
        }
    }

    private static void setAttributes(Path path, int mode) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(
                    path, PosixFilePermissions.fromString(mode == 0755 ? "rwxr-xr-x" : "rw-r--r--"));
        }
        Files.setLastModifiedTime(path, TIME);
    }
}
