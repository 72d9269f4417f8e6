package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lists the files below a folder. */
final class FileTree {
    private FileTree() {}

    /** Returns the files below a folder as files of a layer, following links; empty if the folder does not exist. */
    static List<LayerFile> files(Path folder, String target) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<LayerFile> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
                String below = folder.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/");
                files.add(new LayerFile(file, target + "/" + below, executable(file)));
            }
        }
        return files;
    }

    // The owner's permission, because a umask does not remove it.
    private static boolean executable(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
    }
}
