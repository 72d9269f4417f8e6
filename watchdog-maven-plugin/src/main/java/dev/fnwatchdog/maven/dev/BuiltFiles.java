package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The files that a build has written. Maven's plugins compare their times with those of the sources. */
final class BuiltFiles {
    private BuiltFiles() {}

    /**
     * Sets the files' times to the beginning of their build. Otherwise a source that is saved while it is being
     * compiled would be older than its class, and would count as compiled.
     */
    static void dateBack(List<Path> folders, Instant begin) throws IOException {
        FileTime time = FileTime.from(begin);
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                dateBack(folder, time);
            }
        }
    }

    private static void dateBack(Path folder, FileTime begin) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            if (Files.getLastModifiedTime(file).compareTo(begin) > 0) {
                Files.setLastModifiedTime(file, begin);
            }
        }
    }
}
