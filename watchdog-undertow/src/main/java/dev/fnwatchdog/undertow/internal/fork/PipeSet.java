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
 * @param errors nothing where standard error goes into the output
 */
record PipeSet(
        ChannelPipe<StreamSourceChannel, StreamSinkChannel> input,
        ChannelPipe<StreamSourceChannel, StreamSinkChannel> output,
        @Nullable ChannelPipe<StreamSourceChannel, StreamSinkChannel> errors) {
    private static final int MOST = 3;

    /**
     * Opens all of them or, where descriptors have run out, none.
     *
     * @param thread the current one
     * @param more descriptors that the process will take in this program beside them
     */
    static PipeSet open(XnioIoThread thread, boolean errorsIntoOutput, int more) throws IOException {
        int wanted = errorsIntoOutput ? MOST - 1 : MOST;
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
