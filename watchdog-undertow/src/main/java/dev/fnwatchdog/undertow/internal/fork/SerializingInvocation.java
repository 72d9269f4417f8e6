package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.handler.RequestBodyCollector;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.BufferedBody;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * One call in serializing mode: the whole body is read, then given to a process; its whole output is read, then sent
 * (specification 4).
 *
 * <p>Threads: the exchange's IO thread.
 */
final class SerializingInvocation implements ForkHandler.ForkCall, ProcessRun.Watcher {
    /** A process that reads fast must not keep the others of its IO thread waiting. */
    private static final int MOST_WRITES_AT_ONCE = 16;

    private final ForkContext forks;
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final boolean errorsIntoOutput;
    private final RequestBodyCollector request;
    private final BufferedBody output;

    // Mutable state
    private Map<String, String> variables = Map.of();
    private @Nullable ProcessRun child;
    private @Nullable Termination termination;
    private ByteBuffer[] ungiven = {};
    private int given;
    private boolean outputWhole;
    private boolean over;

    /** @param memory what the bodies of all calls share */
    SerializingInvocation(ForkContext forks, Invocation invocation, MemoryBudget memory, boolean errorsIntoOutput) {
        this.forks = forks;
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.errorsIntoOutput = errorsIntoOutput;
        this.request = new RequestBodyCollector(exchange, memory, body -> run());
        this.output = new BufferedBody(memory);
        invocation.atEnd(output::free);
    }

    @Override
    public void begin(Map<String, String> ofCall, Duration limit) throws IOException {
        variables = ofCall;
        invocation.onAbort(this::abort);
        invocation.setTimeout(limit, () -> timedOut(limit));
        invocation.watchClient();
        if (request.read()) {
            run();
        }
    }

    private void run() {
        try {
            ProcessRun made = ProcessRun.prepare(forks, invocation.loop().thread(), errorsIntoOutput, this);
            child = made;
            invocation.retainPermit();
            made.start(variables);
            ungiven = request.body().pieces();
            made.input().getWriteSetter().set(this::give);
            give(made.input());
            made.output().getReadSetter().set(this::take);
            made.output().resumeReads();
        } catch (IOException noDescriptors) {
            notStarted(ForkResponses.noPipes(forks, noDescriptors));
        }
    }

    /** Gives the process what it has room for. One that does not want it all is no error. */
    private void give(StreamSinkChannel input) {
        try {
            for (int i = 0; given < ungiven.length; i++) {
                if (i == MOST_WRITES_AT_ONCE || input.write(ungiven[given]) == 0) {
                    input.resumeWrites();
                    return;
                }
                if (!ungiven[given].hasRemaining()) {
                    given++;
                }
            }
        } catch (IOException ignored) {
            // It reads no more.
        }
        IoUtils.safeClose(input);
    }

    private void take(StreamSourceChannel printed) {
        BufferedBody.Progress progress;
        try {
            progress = output.readFrom(printed);
        } catch (IOException closed) {
            progress = BufferedBody.Progress.COMPLETE;
        }
        if (progress == BufferedBody.Progress.COMPLETE) {
            outputWhole = true;
            IoUtils.safeClose(printed);
            settle();
        } else if (progress == BufferedBody.Progress.TOO_LARGE) {
            forks.log().error("The function's output does not fit into memory");
            free();
            invocation.respondInstead(ForkResponses.tooLarge(invocation));
        }
    }

    /** Who has been answered may call again at once: the memory of this call has to be there by then. */
    private void free() {
        ungiven = new ByteBuffer[0];
        request.body().free();
        output.free();
    }

    @Override
    public void notStarted(FunctionFailedException reason) {
        over = true;
        free();
        invocation.respondInstead(ForkResponses.notStarted(forks, reason));
    }

    @Override
    public void ended(Termination how) {
        ForkResponses.logFailure(forks, how);
        termination = how;
        settle();
    }

    @Override
    public void released() {
        invocation.releasePermit();
    }

    /** Both have to be there: the output, to its last byte, and how the process ended. */
    private void settle() {
        if (over || !outputWhole || termination == null || child == null) {
            return;
        }
        over = true;
        invocation.cancelTimeout();
        IoUtils.safeClose(child.input());
        invocation.releasePermit();
        request.body().free();
        CannedResponse answer = ForkResponses.succeeded(termination)
                ? CannedResponse.of(StatusCodes.OK).withBody(output.pieces())
                : ForkResponses.failed(termination);
        answer.with(Headers.CONTENT_TYPE, forks.contentType())
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()))
                .send(exchange);
    }

    private void timedOut(Duration limit) {
        forks.log().error("Function was killed by ExecTimeout: " + GoDuration.format(limit));
        forks.counts().killedByTimeout();
        invocation.respondInstead(ForkResponses.failed(new Termination.TimedOut())
                .with(Headers.CONTENT_TYPE, forks.contentType())
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos())));
    }

    /** The call is over. What of it still runs has nobody left who would read its output. */
    private void abort() {
        if (!over && child != null) {
            child.input().suspendWrites();
            child.kill();
        }
        over = true;
    }
}
