package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.posix.DescriptorLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** Opens pipes while descriptors are left, and leaves those of the reserve alone. Threads: I/O threads. */
    static final class Opener {
        private final Optional<PipeDescriptors> descriptors;
        private final DescriptorLimit limit;

        // Mutable state
        private volatile boolean exhausted;

        /** @param descriptors empty where they cannot be seen: then no reserve is kept */
        Opener(Optional<PipeDescriptors> descriptors, DescriptorLimit limit) {
            this.descriptors = descriptors;
            this.limit = limit;
        }

        /**
         * Opens all of them or, where descriptors have run out, none.
         *
         * @param thread the current one
         */
        PipeSet open(XnioIoThread thread, boolean errorsIntoOutput) throws IOException {
            int wanted = errorsIntoOutput ? MOST - 1 : MOST;
            List<ChannelPipe<StreamSourceChannel, StreamSinkChannel>> open = new ArrayList<>(wanted);
            boolean all = false;
            try {
                while (open.size() < wanted) {
                    open.add(openOne(thread));
                }
                all = true;
                return new PipeSet(open.get(0), open.get(1), errorsIntoOutput ? null : open.get(2));
            } finally {
                if (!all) {
                    open.forEach(pipe -> IoUtils.safeClose(pipe.getLeftSide(), pipe.getRightSide()));
                }
            }
        }

        private ChannelPipe<StreamSourceChannel, StreamSinkChannel> openOne(XnioIoThread thread) throws IOException {
            if (exhausted) {
                throw new IOException(DescriptorLimit.EXHAUSTED);
            }
            ChannelPipe<StreamSourceChannel, StreamSinkChannel> pipe = thread.createHalfDuplexPipe();
            if (descriptors.isPresent() && isReserved(descriptors.get(), pipe)) {
                IoUtils.safeClose(pipe.getLeftSide(), pipe.getRightSide());
                // The selector closes them before this thread reads the next request, and not earlier.
                exhausted = true;
                thread.execute(() -> exhausted = false);
                throw new IOException(DescriptorLimit.EXHAUSTED);
            }
            return pipe;
        }

        private boolean isReserved(
                PipeDescriptors numbers, ChannelPipe<StreamSourceChannel, StreamSinkChannel> pipe) {
            return !limit.isForPipes(numbers.of(pipe.getLeftSide())) || !limit.isForPipes(numbers.of(pipe.getRightSide()));
        }
    }
}
