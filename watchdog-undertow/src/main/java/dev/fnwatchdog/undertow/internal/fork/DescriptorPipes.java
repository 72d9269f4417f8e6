package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import java.io.IOException;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;

/**
 * Pipes whose far ends the process itself holds, so that no thread copies between client and process. EOF arrives when no
 * process holds the far end any more (specification 4.7).
 */
record DescriptorPipes(PipeSet ends, Stdio stdio) implements ProcessPipes {
    record Maker(PipeDescriptors descriptors) implements ProcessPipes.Maker {
        @Override
        public ProcessPipes open(XnioIoThread thread, boolean errorsIntoOutput) throws IOException {
            PipeSet ends = PipeSet.open(thread, errorsIntoOutput, 0);
            int output = descriptors.of(ends.farOutput());
            StreamSinkChannel errors = ends.farErrors();
            Stdio stdio = new Stdio.Descriptors(
                    descriptors.of(ends.farInput()), output, errors == null ? output : descriptors.of(errors));
            return new DescriptorPipes(ends, stdio);
        }
    }

    /** Closes the far ends. Their descriptors are free after the next select of the I/O thread. */
    @Override
    public void started(InvocationProcess process) {
        ends.closeFarEnds();
    }
}
