package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.InvocationProcess;

/** Where the three standard streams of a call's process lead (specification 4). */
public sealed interface Stdio {
    /**
     * Descriptors of this process, each to be left open until {@code start} has returned. The child's are blocking,
     * whatever these were before; the caller then closes these, so that the streams end when the child ends them.
     *
     * @param input the read end of a pipe, 3 or more
     * @param output the write end of a pipe, 3 or more
     * @param errors likewise; the same as {@code output} where both go into one
     */
    record Descriptors(int input, int output, int errors) implements Stdio {
        public Descriptors {
            if (Math.min(input, Math.min(output, errors)) < 3) {
                throw new IllegalArgumentException("0, 1 and 2 are this process's own");
            }
        }
    }

    /**
     * Pipes that {@link InvocationProcess} offers as streams; the caller closes them.
     *
     * @param errorsIntoOutput whether standard error goes where standard output goes
     */
    record Pipes(boolean errorsIntoOutput) implements Stdio {}
}
