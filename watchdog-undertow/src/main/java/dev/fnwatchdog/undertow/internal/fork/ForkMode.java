package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.process.InvocationProcesses;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.HttpContinueReadHandler;
import java.time.Duration;
import java.util.Optional;

/** Streaming and serializing mode, which start one process for each request (specification 4.1). Threads: any. */
public final class ForkMode implements Mode {
    private final ForkContext forks;
    private final HttpHandler handler;

    private ForkMode(ForkContext forks, boolean cgiHeaders, ForkHandler.ForkCalls calls) {
        this.forks = forks;
        this.handler = new HttpContinueReadHandler(new ForkHandler(forks, new RequestVariables(cgiHeaders), calls));
    }

    public static ForkMode streaming(ModeConfig.Streaming mode, ModeContext context) {
        ForkContext forks = forks(mode.command(), mode.output(), context);
        return new ForkMode(
                forks,
                mode.cgiHeaders(),
                (invocation, variables, limit) -> new StreamingInvocation(forks, invocation).begin(variables, limit));
    }

    public static ForkMode serializing(ModeConfig.Serializing mode, ModeContext context) {
        ForkContext forks = forks(mode.command(), mode.output(), context);
        MemoryBudget memory = context.bodies();
        return new ForkMode(
                forks,
                mode.cgiHeaders(),
                (invocation, variables, limit) -> new SerializingInvocation(
                                forks, invocation, memory, mode.combinedOutput())
                        .begin(variables, limit));
    }

    private static ForkContext forks(CommandLine command, ModeConfig.Output output, ModeContext context) {
        ForkContext.Counts counts = new ForkContext.Counts(context.registry());
        InvocationProcesses processes = new InvocationProcesses(command, context.environment());
        Optional<PipeDescriptors> descriptors = context.passesDescriptors() && processes.passesDescriptors()
                ? PipeDescriptors.find()
                : Optional.empty();
        ProcessPipes.Maker pipes =
                descriptors.<ProcessPipes.Maker>map(DescriptorPipes.Maker::new).orElseGet(PumpedPipes.Maker::new);
        return new ForkContext(
                processes,
                pipes,
                context.log(),
                context.config().log(),
                command.program(),
                output.contentType(),
                output.cgi(),
                context.config().timeouts().exec(),
                counts);
    }

    @Override
    public HttpHandler handler() {
        return handler;
    }

    /**
     * Warns of a command that is not there, which may come later (specification 4.8), and of an encoding other than UTF-8
     * (specification 4.4). No process runs between requests.
     */
    @Override
    public void start() {
        String problem = forks.processes().problem();
        if (!problem.isEmpty()) {
            forks.log().warn("Requests fail until this is corrected: " + problem);
        }
        String encoding = System.getProperty("sun.jnu.encoding", "");
        if (!encoding.equalsIgnoreCase("UTF-8")) {
            forks.log()
                    .warn(
                            "The system's encoding is %s: names and values outside ASCII do not reach the function. Set LANG=C.UTF-8"
                                    .formatted(encoding));
        }
    }

    @Override
    public boolean ready() {
        return true;
    }

    /** Kills what still runs at the end of the drain, without a further grace period (specification 4.22). */
    @Override
    public void stop(Duration grace) {
        kill();
    }

    @Override
    public void kill() {
        forks.counts().stop();
        forks.processes().close();
        forks.pipes().close();
    }
}
