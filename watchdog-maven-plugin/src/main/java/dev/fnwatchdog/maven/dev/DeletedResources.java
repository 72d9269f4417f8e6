package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.maven.model.Resource;
import org.apache.maven.project.MavenProject;

/**
 * Deletes the copies of resources that were deleted, moved or renamed: Maven's own plugin leaves them among the classes,
 * where the function would still find them.
 */
final class DeletedResources {
    /** A folder of resources, and the folder to which the build copies it. */
    private record Copied(Path source, Path target) {}

    private final List<Copied> folders;

    private DeletedResources(List<Copied> folders) {
        this.folders = List.copyOf(folders);
    }

    static DeletedResources of(List<MavenProject> projects) {
        List<Copied> folders = new ArrayList<>();
        for (MavenProject project : projects) {
            Path classes = Path.of(project.getBuild().getOutputDirectory());
            for (Resource resource : project.getResources()) {
                String below = resource.getTargetPath();
                folders.add(
                        new Copied(Path.of(resource.getDirectory()), below == null ? classes : classes.resolve(below)));
            }
        }
        return new DeletedResources(folders);
    }

    /** Deletes the copies of those files that exist no more. */
    void delete(Collection<Path> changed) throws IOException {
        for (Path file : changed) {
            for (Copied folder : folders) {
                if (file.startsWith(folder.source()) && !Files.exists(file)) {
                    deleteFile(folder.target()
                            .resolve(folder.source().relativize(file).toString()));
                }
            }
        }
    }

    private static void deleteFile(Path copy) throws IOException {
        if (Files.isRegularFile(copy)) {
            Files.deleteIfExists(copy);
        }
    }
}
