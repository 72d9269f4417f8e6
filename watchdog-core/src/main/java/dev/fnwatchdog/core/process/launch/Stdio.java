package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.InvocationProcess;

/** Where the three standard streams of a child process lead (specification 4.7, 4.13, 4.18). */
public sealed interface Stdio {
    /**
     * Descriptors of this process, which must stay open until {@code start} has returned. The child's duplicates are
     * blocking, whatever these were before. The caller closes these after the start: otherwise the streams would not end
     * when the child closes its own.
     *
     * @param input the read end of a pipe, 3 or more
     * @param output the write end of a pipe, 3 or more
     * @param errors the write end of a pipe, 3 or more; equal to {@code output} where both share one pipe
     */
    record Descriptors(int input, int output, int errors) implements Stdio {
        public Descriptors {
            if (Math.min(input, Math.min(output, errors)) < 3) {
                throw new IllegalArgumentException("0, 1 and 2 are this process's own");
            }
        }
    }

    /**
     * Pipes that {@link InvocationProcess} offers as streams. The caller closes the streams.
     *
     * @param errorsIntoOutput whether standard error goes into the pipe of standard output
     */
    record Pipes(boolean errorsIntoOutput) implements Stdio {}
}
