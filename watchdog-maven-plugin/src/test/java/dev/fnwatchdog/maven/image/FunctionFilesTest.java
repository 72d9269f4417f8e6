package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.maven.config.RawSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionFilesTest {
    @TempDir
    Path folder;

    private FunctionFiles files;

    @BeforeEach
    void makeAProject() throws IOException {
        files = new FunctionFiles(
                file("watchdog-1.jar"),
                List.of(
                        new FunctionFiles.Library("org.b", file("b/util-1.jar"), false),
                        new FunctionFiles.Library("org.a", file("a/util-1.jar"), false),
                        new FunctionFiles.Library("org.c", file("next-2-SNAPSHOT.jar"), true)),
                folder.resolve("classes"),
                folder.resolve("extra"));
        file("classes/hello/Hello.class");
        file("extra/etc/hello.conf");
    }

    @Test
    void theFilesThatChangeLeastAreInTheLowestLayerOfAnImage() throws IOException {
        assertThat(files.layers(file("start")))
                .extracting(ImageLayer::name)
                .containsExactly("watchdog", "libraries", "snapshots", "classes", "files");
    }

    @Test
    void librariesWithTheSameFileNameGetDifferentNamesInAnImage() throws IOException {
        assertThat(files.functionPath())
                .containsExactly(
                        "/home/app/classes",
                        "/home/app/lib/org.b-util-1.jar",
                        "/home/app/lib/org.a-util-1.jar",
                        "/home/app/lib/next-2-SNAPSHOT.jar");
    }

    @Test
    void anImageOfAProjectWithClassesHasInprocMode() throws IOException {
        assertThat(ImageEnvironment.complete(new RawSettings(Map.of()), files))
                .containsEntry("mode", "inproc")
                .containsEntry("function_path", String.join(":", files.functionPath()))
                .containsEntry("LANG", "C.UTF-8");
    }

    @Test
    void anImageWithAFunctionProcessHasTheClassesInClasspath() throws IOException {
        RawSettings given = new RawSettings(Map.of()).put("function_process", "java hello.Hello", "here");

        assertThat(ImageEnvironment.complete(given, files))
                .containsEntry("CLASSPATH", String.join(":", files.functionPath()))
                .doesNotContainKeys("mode", "function_path");
    }

    @Test
    void settingsThatNameFilesOfTheImageAreAccepted() throws Exception {
        RawSettings given = new RawSettings(Map.of());
        ImageEnvironment.complete(given, files);

        assertThat(ImageEnvironment.check(given, files.layers(file("start")), folder)
                        .mode()
                        .name())
                .isEqualTo("inproc");
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, name);
    }
}
