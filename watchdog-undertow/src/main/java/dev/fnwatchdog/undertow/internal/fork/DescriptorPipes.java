package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelPipe;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Pipes whose far ends the process itself holds, so that no thread copies between client and process. EOF arrives when no
 * process holds the far end any more (specification 4.7).
 */
final class DescriptorPipes implements ProcessPipes {
    private final ChannelPipe<StreamSourceChannel, StreamSinkChannel> input;
    private final ChannelPipe<StreamSourceChannel, StreamSinkChannel> output;
    private final @Nullable ChannelPipe<StreamSourceChannel, StreamSinkChannel> errors;
    private final Stdio stdio;

    private DescriptorPipes(PipeDescriptors descriptors, PipeSet pipes) {
        this.input = pipes.input();
        this.output = pipes.output();
        this.errors = pipes.errors();
        int out = descriptors.of(output.getRightSide());
        this.stdio = new Stdio.Descriptors(
                descriptors.of(input.getLeftSide()), out, errors == null ? out : descriptors.of(errors.getRightSide()));
    }

    record Maker(PipeDescriptors descriptors) implements ProcessPipes.Maker {
        @Override
        public ProcessPipes open(XnioIoThread thread, boolean errorsIntoOutput) throws IOException {
            return new DescriptorPipes(descriptors, PipeSet.open(thread, errorsIntoOutput, 0));
        }
    }

    @Override
    public Stdio stdio() {
        return stdio;
    }

    @Override
    public StreamSinkChannel input() {
        return input.getRightSide();
    }

    @Override
    public StreamSourceChannel output() {
        return output.getLeftSide();
    }

    @Override
    public @Nullable StreamSourceChannel errors() {
        return errors == null ? null : errors.getLeftSide();
    }

    /** Closes the far ends. Their descriptors are free after the next select of the I/O thread. */
    @Override
    public void started(InvocationProcess process) {
        closeFarEnds();
    }

    @Override
    public void notStarted() {
        closeFarEnds();
    }

    private void closeFarEnds() {
        IoUtils.safeClose(input.getLeftSide());
        IoUtils.safeClose(output.getRightSide());
        if (errors != null) {
            IoUtils.safeClose(errors.getRightSide());
        }
    }
}
