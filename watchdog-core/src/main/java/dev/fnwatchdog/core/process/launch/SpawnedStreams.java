package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.posix.NativePipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** The three standard streams of a child: pipes that are opened for it, or descriptors that were given. */
final class SpawnedStreams {
    private static final int O_NONBLOCK = 0x800;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    private final Stdio.Descriptors descriptors;
    // Empty for given descriptors; otherwise input, output and, unless merged into the output, errors.
    private final List<NativePipe> pipes;

    private SpawnedStreams(Stdio.Descriptors descriptors, List<NativePipe> pipes) {
        this.descriptors = descriptors;
        this.pipes = pipes;
    }

    static SpawnedStreams open(Stdio stdio) throws LaunchFailedException {
        if (stdio instanceof Stdio.Pipes pipes) {
            return pipes(pipes.errorsIntoOutput());
        }
        Stdio.Descriptors given = (Stdio.Descriptors) stdio;
        // The child's duplicates share the flags with these descriptors, which this process does not use any more.
        unblock(given.input());
        unblock(given.output());
        unblock(given.errors());
        return new SpawnedStreams(given, List.of());
    }

    private static void unblock(int descriptor) {
        int flags = LibC.fcntl(descriptor, F_GETFL, 0);
        if (flags >= 0 && (flags & O_NONBLOCK) != 0) {
            int ignored = LibC.fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
        }
    }

    private static SpawnedStreams pipes(boolean errorsIntoOutput) throws LaunchFailedException {
        List<NativePipe> pipes = new ArrayList<>();
        try {
            pipes.add(NativePipe.toChild());
            pipes.add(NativePipe.fromChild());
            if (!errorsIntoOutput) {
                pipes.add(NativePipe.fromChild());
            }
        } catch (IOException e) {
            pipes.forEach(NativePipe::closeChildEnd);
            pipes.forEach(NativePipe::closeStream);
            throw LaunchFailedException.noDescriptors(e);
        }
        int output = pipes.get(1).childEnd();
        int errors = errorsIntoOutput ? output : pipes.get(2).childEnd();
        return new SpawnedStreams(new Stdio.Descriptors(pipes.get(0).childEnd(), output, errors), pipes);
    }

    Stdio.Descriptors descriptors() {
        return descriptors;
    }

    /** Closes the child's ends in this process after a successful start. */
    void started() {
        pipes.forEach(NativePipe::closeChildEnd);
    }

    /** Closes everything after a failed start. */
    void failed() {
        pipes.forEach(NativePipe::closeChildEnd);
        pipes.forEach(NativePipe::closeStream);
    }

    OutputStream input() {
        return pipes.isEmpty() ? OutputStream.nullOutputStream() : pipes.get(0).input();
    }

    InputStream output() {
        return pipes.isEmpty() ? InputStream.nullInputStream() : pipes.get(1).output();
    }

    InputStream errors() {
        return pipes.size() < 3 ? InputStream.nullInputStream() : pipes.get(2).output();
    }
}
