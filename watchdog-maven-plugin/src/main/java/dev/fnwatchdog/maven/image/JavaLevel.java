package dev.fnwatchdog.maven.image;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the version of Java that code needs. */
final class JavaLevel {
    private static final int CLASS_FILE_MAGIC = 0xCAFEBABE;
    // Java 17 is version 61.
    private static final int CLASS_FILE_OFFSET = 44;
    // The versions with long-term support, for which there are current images.
    private static final List<Integer> LONG_TERM = List.of(17, 21, 25);

    private JavaLevel() {}

    /**
     * Returns the oldest long-term version that runs all class files below a folder. If they need a newer version than
     * all of these, returns that version.
     */
    static int longTerm(Path classes) throws IOException {
        int needed = of(classes);
        return LONG_TERM.stream()
                .filter(version -> version >= needed)
                .findFirst()
                .orElse(needed);
    }

    /** Returns the oldest version, but at least the watchdog's own, that runs all class files below a folder. */
    static int of(Path classes) throws IOException {
        int needed = FunctionFiles.OLDEST_JAVA;
        for (LayerFile file : FileTree.files(classes, "")) {
            if (file.path().endsWith(".class") && !file.path().startsWith("/META-INF/versions/")) {
                needed = Math.max(needed, ofClass(file.source()));
            }
        }
        return needed;
    }

    private static int ofClass(Path classFile) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(classFile))) {
            if (in.readInt() != CLASS_FILE_MAGIC) {
                return FunctionFiles.OLDEST_JAVA;
            }
            in.readUnsignedShort();
            return in.readUnsignedShort() - CLASS_FILE_OFFSET;
        }
    }
}
