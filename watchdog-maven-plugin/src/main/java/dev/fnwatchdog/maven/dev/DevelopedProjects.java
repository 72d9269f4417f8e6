package dev.fnwatchdog.maven.dev;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.model.FileSet;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * The function's project, after those of its dependencies that are built with it. They are outdated once a {@code pom.xml}, or
 * the file of a dependency, has changed, and are then read again.
 *
 * <p>Threads: the goal's own.
 */
public final class DevelopedProjects {
    /** Reads projects again. */
    public interface Reader {
        /**
         * Returns the projects as their files have them now, with their dependencies.
         *
         * @throws CompilationFailedException with the reason why one cannot be read, or has a dependency that is not found
         */
        List<MavenProject> read() throws CompilationFailedException;
    }

    private enum State {
        CURRENT,
        OUTDATED
    }

    private final Reader reader;

    // Mutable state
    private List<MavenProject> projects;
    private State state = State.CURRENT;

    public DevelopedProjects(List<MavenProject> projects, Reader reader) {
        this.projects = List.copyOf(projects);
        this.reader = reader;
    }

    /** Returns them in the order in which they are built. */
    public List<MavenProject> all() {
        return projects;
    }

    MavenProject function() {
        return projects.get(projects.size() - 1);
    }

    /** Returns the folders of their classes. */
    List<Path> classes() {
        return projects.stream()
                .map(project -> Path.of(project.getBuild().getOutputDirectory()))
                .toList();
    }

    /** Returns the files and folders whose changes matter. */
    List<Path> watched() {
        List<Path> roots = new ArrayList<>();
        for (MavenProject project : projects) {
            List<String> folders = new ArrayList<>(built(project).getCompileSourceRoots());
            folders.addAll(
                    project.getResources().stream().map(FileSet::getDirectory).toList());
            // The build's own output is not a change.
            folders.stream().map(Path::of).filter(this::isNoOutput).forEach(roots::add);
        }
        roots.addAll(descriptions());
        return roots;
    }

    /** The build before this goal used a project of its own, to which its plugins may have added folders. */
    private static MavenProject built(MavenProject project) {
        MavenProject forked = project.getExecutionProject();
        return forked == null ? project : forked;
    }

    /** Returns the files that determine the projects: their own, those of parents beside them, and those of dependencies. */
    private List<Path> descriptions() {
        List<Path> files = new ArrayList<>();
        for (MavenProject project : projects) {
            for (MavenProject described = project; described != null; described = described.getParent()) {
                add(described.getFile(), files);
                add(described.getParentFile(), files);
            }
        }
        files.addAll(dependencies());
        return files.stream().distinct().filter(this::isNoOutput).toList();
    }

    /** Returns the files of their dependencies, which Maven may have just fetched. */
    Set<Path> dependencies() {
        List<Path> files = new ArrayList<>();
        for (MavenProject project : projects) {
            project.getArtifacts().stream().map(Artifact::getFile).forEach(file -> add(file, files));
        }
        return Set.copyOf(files);
    }

    private static void add(@Nullable File file, List<Path> files) {
        // The classes of a project that is built too are a folder.
        if (file != null && !Files.isDirectory(file.toPath())) {
            files.add(file.toPath());
        }
    }

    private boolean isNoOutput(Path file) {
        return projects.stream()
                .noneMatch(project -> file.startsWith(project.getBuild().getDirectory()));
    }

    /** Notes which files have changed. */
    void changed(Collection<Path> files) {
        if (descriptions().stream().anyMatch(files::contains)) {
            state = State.OUTDATED;
        }
    }

    boolean outdated() {
        return state == State.OUTDATED;
    }

    /** Reads them again; they stay outdated until {@link #current} is called. */
    void read() throws CompilationFailedException {
        projects = List.copyOf(reader.read());
    }

    /** Says that everything which depends on them has been taken up. */
    void current() {
        state = State.CURRENT;
    }
}
