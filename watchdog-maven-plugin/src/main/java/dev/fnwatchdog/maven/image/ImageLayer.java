package dev.fnwatchdog.maven.image;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Files of an image that change together.
 *
 * @param name in lower case; also the name of a folder
 * @param files sorted by path
 */
public record ImageLayer(String name, List<LayerFile> files) {
    /**
     * The time of every file and folder: a second after the epoch, because some programs take the epoch itself for no
     * time.
     */
    static final Instant TIME = Instant.ofEpochSecond(1);

    public ImageLayer {
        List<LayerFile> sorted = new ArrayList<>(files);
        sorted.sort(Comparator.comparing(LayerFile::path));
        files = List.copyOf(sorted);
    }

    static ImageLayer of(String name, Path source, String path) {
        return new ImageLayer(name, List.of(new LayerFile(source, path)));
    }

    /** Returns all folders that contain the files, outermost first, without {@code /}. */
    SortedSet<String> folders() {
        SortedSet<String> folders = new TreeSet<>();
        for (LayerFile file : files) {
            int slash = file.path().lastIndexOf('/');
            while (slash > 0) {
                folders.add(file.path().substring(0, slash));
                slash = file.path().lastIndexOf('/', slash - 1);
            }
        }
        return folders;
    }
}
