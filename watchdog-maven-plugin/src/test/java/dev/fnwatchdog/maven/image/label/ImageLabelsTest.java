package dev.fnwatchdog.maven.image.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.maven.model.Scm;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageLabelsTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path folder;

    private final MavenProject project = new MavenProject();

    @BeforeEach
    void create() throws Exception {
        project.setName("Hello");
        project.setVersion("1.2");
        project.setFile(Files.createDirectories(folder.resolve("repository/module"))
                .resolve("pom.xml")
                .toFile());
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Map<String, String> labels(Map<String, String> user) throws Exception {
        return ImageLabels.of(project, Instant.EPOCH, user);
    }

    @Test
    void theLabelsNameProjectSourceRevisionAndCreationTime() throws Exception {
        Scm scm = new Scm();
        scm.setUrl("https://example.com/hello");
        project.setScm(scm);
        write("repository/.git/HEAD", "ref: refs/heads/main\n");
        write("repository/.git/refs/heads/main", COMMIT + "\n");

        assertThat(labels(Map.of()))
                .containsOnly(
                        Map.entry("org.opencontainers.image.title", "Hello"),
                        Map.entry("org.opencontainers.image.version", "1.2"),
                        Map.entry("org.opencontainers.image.source", "https://example.com/hello"),
                        Map.entry("org.opencontainers.image.revision", COMMIT),
                        Map.entry("org.opencontainers.image.created", "1970-01-01T00:00:00Z"));
    }

    @Test
    void theUsersLabelsTakePrecedenceAndAnEmptyOneRemovesALabel() throws Exception {
        write("repository/.git/HEAD", COMMIT);

        assertThat(labels(Map.of(
                        "org.opencontainers.image.title", "Mine",
                        "org.opencontainers.image.revision", "",
                        "com.example.team", "greeters")))
                .containsEntry("org.opencontainers.image.title", "Mine")
                .containsEntry("com.example.team", "greeters")
                .doesNotContainKey("org.opencontainers.image.revision");
    }

    @Test
    void theRevisionOfAWorktreeWithPackedReferencesIsFound() throws Exception {
        write("repository/.git", "gitdir: " + folder.resolve("main/.git/worktrees/w") + "\n");
        write("main/.git/worktrees/w/HEAD", "ref: refs/heads/w\n");
        write("main/.git/worktrees/w/commondir", "../..\n");
        write("main/.git/packed-refs", "# pack-refs with: peeled\n" + COMMIT + " refs/heads/w\n");

        assertThat(GitRevision.of(folder.resolve("repository"))).contains(COMMIT);
    }

    @Test
    void aRepositoryWithoutACommitHasNoRevision() throws Exception {
        write("repository/.git/HEAD", "ref: refs/heads/main\n");

        assertThat(GitRevision.of(folder.resolve("repository"))).isEmpty();
    }
}
