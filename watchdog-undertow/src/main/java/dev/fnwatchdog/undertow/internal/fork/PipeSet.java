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
 * The pipes of one process, both ends of each.
 *
 * @param errors null if standard error goes into the output
 */
record PipeSet(
        ChannelPipe<StreamSourceChannel, StreamSinkChannel> input,
        ChannelPipe<StreamSourceChannel, StreamSinkChannel> output,
        @Nullable ChannelPipe<StreamSourceChannel, StreamSinkChannel> errors) {
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
            return new PipeSet(open.get(0), open.get(1), errorsIntoOutput ? null : open.get(2));
        } finally {
            if (open.size() < wanted) {
                open.forEach(pipe -> IoUtils.safeClose(pipe.getLeftSide(), pipe.getRightSide()));
            }
        }
    }
}
