package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionClassesTest {
    @TempDir
    private Path folder;

    @Test
    void missingAndRepeatedElementsOfTheFunctionPathAreLeftOut() throws Exception {
        Path jar = Files.createFile(folder.resolve("a.jar"));

        FunctionClasses classes = FunctionClasses.of(
                List.of(jar.toString(), folder.resolve("none").toString(), jar.toString()));

        assertThat(classes.elements()).containsExactly(jar);
    }

    @Test
    void classFoldersAreCopiedAndJarsAreUsedInPlace() throws Exception {
        Path jar = Files.createFile(folder.resolve("a.jar"));
        Path source = Files.createDirectories(folder.resolve("classes/p"));
        Path file = Files.writeString(source.resolve("A.class"), "old");
        Path target = folder.resolve("copies");
        Files.createDirectories(target.resolve("left/from/before"));

        FunctionClasses copy = new FunctionClasses(List.of(folder.resolve("classes"), jar)).copiedTo(target);
        Files.writeString(file, "new");

        assertThat(copy.elements()).hasSize(2).endsWith(jar);
        assertThat(copy.elements().get(0).resolve("p/A.class")).hasContent("old");
        assertThat(target.resolve("left")).doesNotExist();
        assertThat(copy.joined()).isEqualTo(copy.elements().get(0) + ":" + jar);
    }

    @Test
    void snapshotsAreCopiedBecauseTheyCanBeInstalledAgain() throws Exception {
        Path snapshot = Files.writeString(folder.resolve("a-1-SNAPSHOT.jar"), "old");

        FunctionClasses copy = new FunctionClasses(List.of(snapshot)).copiedTo(folder.resolve("copies"));
        Files.writeString(snapshot, "new");

        assertThat(copy.elements()).hasSize(1);
        assertThat(copy.elements().get(0)).hasFileName("a-1-SNAPSHOT.jar").hasContent("old");
    }
}
