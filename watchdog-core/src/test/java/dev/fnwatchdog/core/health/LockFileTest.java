package dev.fnwatchdog.core.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockFileTest {
    @TempDir
    private Path folder;

    @Test
    void isNamedLockInTheTemporaryDirectory() {
        assertThat(LockFile.in(Path.of("/tmp"))).isEqualTo(Path.of("/tmp/.lock"));
    }

    @Test
    void isThereFromItsWritingToItsRemoval() throws IOException {
        LockFile lock = new LockFile(LockFile.in(folder));
        assertThat(lock.present()).isFalse();

        lock.write(8080);
        assertThat(lock.present()).isTrue();
        assertThat(lock.path()).hasContent("8080\n");

        assertThat(lock.remove()).isTrue();
        assertThat(lock.present()).isFalse();
        assertThat(lock.remove()).isTrue();
    }

    @Test
    void isGoneOnceSomebodyElseRemovesIt() throws IOException {
        LockFile lock = new LockFile(LockFile.in(folder));
        lock.write(8080);

        Files.delete(lock.path());

        assertThat(lock.present()).isFalse();
    }

    @Test
    void is_found_with_its_port_while_its_watchdog_holds_it_and_absent_once_removed() throws IOException {
        Path path = LockFile.in(folder);
        LockFile lock = new LockFile(path);
        assertThat(LockFile.inspect(path).state()).isEqualTo(LockFile.State.ABSENT);

        lock.write(8123);
        assertThat(LockFile.inspect(path)).isEqualTo(new LockFile.Inspection(LockFile.State.HELD, 8123));

        lock.remove();
        assertThat(LockFile.inspect(path).state()).isEqualTo(LockFile.State.ABSENT);
    }

    @Test
    void is_abandoned_once_the_process_that_wrote_it_has_ended() throws Exception {
        Path path = LockFile.in(folder);
        Process writer = new ProcessBuilder(
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        path.toString())
                .inheritIO()
                .start();

        assertThat(writer.waitFor()).isZero();
        assertThat(LockFile.inspect(path)).isEqualTo(new LockFile.Inspection(LockFile.State.ABANDONED, 8080));
    }

    @Test
    void is_foreign_where_somebody_else_has_made_the_file() throws IOException {
        assertThat(LockFile.inspect(Files.createFile(LockFile.in(folder))).state())
                .isEqualTo(LockFile.State.FOREIGN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"000", "022", "077", "777"})
    void hasMode0660WhateverTheUmask(String umask) throws Exception {
        Path path = LockFile.in(folder);
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "umask \"$1\" && shift && exec \"$@\"",
                        "sh",
                        umask,
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        path.toString())
                .inheritIO()
                .start();

        assertThat(writer.waitFor()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void replacesWhatAFormerWatchdogLeft() throws IOException {
        Path path = LockFile.in(folder);
        Files.writeString(path, "left");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--------"));

        new LockFile(path).write(8080);

        assertThat(path).hasContent("8080\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void doesNotFollowALinkThatWaitsUnderItsName() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "kept");
        Path path = Files.createSymbolicLink(LockFile.in(folder), precious);

        new LockFile(path).write(8080);

        assertThat(precious).hasContent("kept");
        assertThat(Files.isSymbolicLink(path)).isFalse();
    }

    @Test
    void namesThePathTheReasonAndTheSettingWhereTheDirectoryIsMissing() {
        Path path = folder.resolve("nosuch").resolve(".lock");

        assertThatIOException()
                .isThrownBy(() -> new LockFile(path).write(8080))
                .withMessage(
                        "cannot write the lock file %s: no such directory; with suppress_lock=true there is none",
                        path);
    }

    @Test
    void namesTheReasonWhereAFileStandsInTheWay() throws IOException {
        Path path = Files.createFile(folder.resolve("file")).resolve(".lock");

        assertThatIOException()
                .isThrownBy(() -> new LockFile(path).write(8080))
                .withMessageContaining("not a directory")
                .withMessageContaining("suppress_lock");
    }

    @Test
    void leavesADirectoryOfItsNameAlone() throws IOException {
        Path path = Files.createDirectory(LockFile.in(folder));

        assertThatIOException()
                .isThrownBy(() -> new LockFile(path).write(8080))
                .withMessageContaining("is a directory");
        assertThat(path).isDirectory();
    }

    @Test
    void saysSoWhereItCannotBeRemoved() throws IOException {
        Path path = Files.createDirectory(LockFile.in(folder));
        Files.createFile(path.resolve("inside"));

        assertThat(new LockFile(path).remove()).isFalse();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Writes the lock file that its argument names, in a process that a test can give a umask. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            new LockFile(Path.of(arguments[0])).write(8080);
        }
    }
}
