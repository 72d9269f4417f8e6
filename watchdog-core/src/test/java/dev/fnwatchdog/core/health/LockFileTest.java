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

    /** Proves specification 2.20. */
    @Test
    void theLockFileIsNamedLockInTheTemporaryDirectory() {
        assertThat(LockFile.in(Path.of("/tmp"))).isEqualTo(Path.of("/tmp/.lock"));
    }

    /** Proves specification 2.20. */
    @Test
    void theLockFileContainsThePortAndIsPresentUntilItIsRemoved() throws IOException {
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
    void aLockFileThatAnotherProgramHasRemovedIsNotPresent() throws IOException {
        LockFile lock = new LockFile(LockFile.in(folder));
        lock.write(8080);

        Files.delete(lock.path());

        assertThat(lock.present()).isFalse();
    }

    /** Proves specification 2.20. */
    @Test
    void theLockFileIsHeldWithItsPortWhileItsWatchdogRunsAndAbsentOnceRemoved() throws IOException {
        Path path = LockFile.in(folder);
        LockFile lock = new LockFile(path);
        assertThat(LockFile.inspect(path).state()).isEqualTo(LockFile.State.ABSENT);

        lock.write(8123);
        assertThat(LockFile.inspect(path)).isEqualTo(new LockFile.Inspection(LockFile.State.HELD, 8123));

        lock.remove();
        assertThat(LockFile.inspect(path).state()).isEqualTo(LockFile.State.ABSENT);
    }

    /** Proves specification 2.20. */
    @Test
    void theLockFileIsAbandonedOnceTheProcessThatWroteItHasEnded() throws Exception {
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
    void aLockFileThatNoWatchdogHasWrittenIsForeign() throws IOException {
        assertThat(LockFile.inspect(Files.createFile(LockFile.in(folder))).state())
                .isEqualTo(LockFile.State.FOREIGN);
    }

    /** Proves specification 2.20. */
    @ParameterizedTest
    @ValueSource(strings = {"000", "022", "077", "777"})
    void theLockFileHasMode0660WhateverTheUmask(String umask) throws Exception {
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

    /** Proves specification 2.20. */
    @Test
    void anOldFileUnderTheNameOfTheLockFileIsReplaced() throws IOException {
        Path path = LockFile.in(folder);
        Files.writeString(path, "left");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--------"));

        new LockFile(path).write(8080);

        assertThat(path).hasContent("8080\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw----");
    }

    /** Proves specification 2.20. */
    @Test
    void aLinkUnderTheNameOfTheLockFileIsReplacedAndNotFollowed() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "kept");
        Path path = Files.createSymbolicLink(LockFile.in(folder), precious);

        new LockFile(path).write(8080);

        assertThat(precious).hasContent("kept");
        assertThat(Files.isSymbolicLink(path)).isFalse();
    }

    /** Proves specification 2.21. */
    @Test
    void aLockFileInAMissingDirectoryIsReportedWithPathReasonAndSetting() {
        Path path = folder.resolve("nosuch").resolve(".lock");

        assertThatIOException()
                .isThrownBy(() -> new LockFile(path).write(8080))
                .withMessage(
                        "cannot write the lock file %s: no such directory; set suppress_lock=true to run without one",
                        path);
    }

    /** Proves specification 2.21. */
    @Test
    void aLockFileBelowAFileIsReportedWithReasonAndSetting() throws IOException {
        Path path = Files.createFile(folder.resolve("file")).resolve(".lock");

        assertThatIOException()
                .isThrownBy(() -> new LockFile(path).write(8080))
                .withMessageContaining("not a directory")
                .withMessageContaining("suppress_lock");
    }

    /** Proves specification 2.21. */
    @Test
    void aDirectoryUnderTheNameOfTheLockFileIsReportedAndKept() throws IOException {
        Path path = Files.createDirectory(LockFile.in(folder));

        assertThatIOException()
                .isThrownBy(() -> new LockFile(path).write(8080))
                .withMessageContaining("is a directory");
        assertThat(path).isDirectory();
    }

    @Test
    void aLockFileThatCannotBeRemovedIsReported() throws IOException {
        Path path = Files.createDirectory(LockFile.in(folder));
        Files.createFile(path.resolve("inside"));

        assertThat(new LockFile(path).remove()).isFalse();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Writes the lock file that its argument names, in a process of its own that can have another umask. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            new LockFile(Path.of(arguments[0])).write(8080);
        }
    }
}
