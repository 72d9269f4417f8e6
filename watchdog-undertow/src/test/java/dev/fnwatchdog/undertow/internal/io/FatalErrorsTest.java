package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which errors end the program. Proves specification 7.23. */
class FatalErrorsTest {
    @TempDir
    private Path folder;

    private final List<Integer> exits = new ArrayList<>();

    private void throwTo(Throwable failure) throws Exception {
        Path lockFile = Files.createFile(folder.resolve(".lock"));
        FatalErrors errors = new FatalErrors(WatchdogLog.discarding(), lockFile, exits::add);
        errors.accept(failure);
        errors.accept(failure);
        assertThat(lockFile.toFile().exists()).isEqualTo(exits.isEmpty());
    }

    static List<Throwable> fatal() {
        return List.of(
                new OutOfMemoryError("Java heap space"),
                new InternalError(),
                new IllegalStateException(new UncheckedIOException(new java.io.IOException(new OutOfMemoryError()))));
    }

    /** Proves specification 7.23. */
    @ParameterizedTest
    @MethodSource("fatal")
    void fatalErrorEndsTheProgramOnceWithStatus3AndRemovesTheLockFile(Throwable failure) throws Exception {
        throwTo(failure);

        assertThat(exits).containsExactly(3);
    }

    static List<Throwable> notFatal() {
        return List.of(
                new StackOverflowError(),
                new OutOfMemoryError(
                        "unable to create native thread: possibly out of memory or process limits reached"),
                new NoClassDefFoundError(),
                new IllegalStateException());
    }

    @ParameterizedTest
    @MethodSource("notFatal")
    void errorAfterWhichTheJvmCanBeReliedOnDoesNotEndTheProgram(Throwable failure) throws Exception {
        throwTo(failure);

        assertThat(exits).isEmpty();
    }

    @Test
    void cyclicChainOfCausesDoesNotEndTheProgram() throws Exception {
        Exception first = new Exception();
        first.initCause(new Exception(first));
        throwTo(first);

        assertThat(exits).isEmpty();
    }
}
