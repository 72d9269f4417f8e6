package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.posix.DescriptorBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelPipe;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * The pipes of one process: three, or two if its standard error goes into its standard output. The watchdog's ends are
 * non-blocking channels of the request's I/O thread.
 *
 * @param input writes to the process's standard input
 * @param output reads the process's standard output
 * @param errors reads the process's standard error; null if that goes into the output
 * @param farInput the process's end of {@code input}, and so on
 */
record PipeSet(
        StreamSinkChannel input,
        StreamSourceChannel output,
        @Nullable StreamSourceChannel errors,
        StreamSourceChannel farInput,
        StreamSinkChannel farOutput,
        @Nullable StreamSinkChannel farErrors) {
    private static final int MAX_PIPES = 3;

    /**
     * Opens all pipes, or none if descriptors have run out.
     *
     * @param thread the current thread
     * @param more number of descriptors that the process takes in the watchdog in addition to these pipes
     * @throws IOException if the descriptor budget is exhausted or a pipe cannot be opened
     */
    static PipeSet open(XnioIoThread thread, boolean errorsIntoOutput, int more) throws IOException {
        int wanted = errorsIntoOutput ? MAX_PIPES - 1 : MAX_PIPES;
        if (!DescriptorBudget.ofThisProcess().takeForPipes(2 * wanted + more)) {
            throw new IOException(DescriptorBudget.EXHAUSTED);
        }
        List<ChannelPipe<StreamSourceChannel, StreamSinkChannel>> open = new ArrayList<>(wanted);
        try {
            while (open.size() < wanted) {
                open.add(thread.createHalfDuplexPipe());
            }
        } finally {
            if (open.size() < wanted) {
                open.forEach(pipe -> IoUtils.safeClose(pipe.getLeftSide(), pipe.getRightSide()));
            }
        }
        return new PipeSet(
                open.get(0).getRightSide(),
                open.get(1).getLeftSide(),
                errorsIntoOutput ? null : open.get(2).getLeftSide(),
                open.get(0).getLeftSide(),
                open.get(1).getRightSide(),
                errorsIntoOutput ? null : open.get(2).getRightSide());
    }

    void closeFarEnds() {
        IoUtils.safeClose(farInput, farOutput, farErrors);
    }

    /** Closes all ends, because no process will be started. */
    void close() {
        closeFarEnds();
        IoUtils.safeClose(input, output, errors);
    }
}
