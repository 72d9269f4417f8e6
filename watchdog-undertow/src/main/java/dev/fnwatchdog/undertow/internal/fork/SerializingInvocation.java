package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.handler.RequestBodyCollector;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import dev.fnwatchdog.undertow.internal.io.BufferedBody;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import dev.fnwatchdog.undertow.internal.mode.ProcessEnd;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * One invocation in serializing mode: reads the whole request body, passes it to a process, reads its whole output, then
 * sends it (specification 4.16).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class SerializingInvocation implements ProcessRun.Watcher {
    /** Keeps a process that reads fast from delaying the other requests of its I/O thread. */
    private static final int MAX_WRITES_AT_ONCE = 16;

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

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
    private ByteBuffer[] inputPieces = {};
    private int piecesWritten;
    private boolean outputWhole;
    private boolean over;
    private ProcessEnd abortReason = ProcessEnd.STOPPED;

    /** @param memory the budget that the bodies of all requests share (specification 7.20) */
    SerializingInvocation(ForkContext forks, Invocation invocation, MemoryBudget memory, boolean errorsIntoOutput) {
        this.forks = forks;
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.errorsIntoOutput = errorsIntoOutput;
        this.request = new RequestBodyCollector(exchange, memory, body -> run());
        this.output = new BufferedBody(memory);
        invocation.atEnd(output::free);
    }

    void begin(Map<String, String> requestVariables, Duration limit) throws IOException {
        variables = requestVariables;
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
            inputPieces = request.body().pieces();
            made.input().getWriteSetter().set(this::writeInput);
            writeInput(made.input());
            made.output().getReadSetter().set(this::readOutput);
            made.output().resumeReads();
        } catch (IOException noDescriptors) {
            notStarted(ForkResponses.cannotStart(forks, noDescriptors));
        }
    }

    /** Writes as much as the pipe accepts. A process that does not read it all is no error (specification 4.7). */
    private void writeInput(StreamSinkChannel input) {
        try {
            for (int i = 0; piecesWritten < inputPieces.length; i++) {
                if (i == MAX_WRITES_AT_ONCE || input.write(inputPieces[piecesWritten]) == 0) {
                    input.resumeWrites();
                    return;
                }
                if (!inputPieces[piecesWritten].hasRemaining()) {
                    piecesWritten++;
                }
            }
        } catch (IOException ignored) {
            // The process reads no more.
        }
        IoUtils.safeClose(input);
    }

    private void readOutput(StreamSourceChannel printed) {
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

    /** Frees both bodies before the response is sent: the client may send its next request at once. */
    private void free() {
        inputPieces = new ByteBuffer[0];
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

    /** Sends the response once the output is complete and the termination of the process is known. */
    private void settle() {
        if (over || !outputWhole || termination == null || child == null) {
            return;
        }
        over = true;
        invocation.cancelTimeout();
        IoUtils.safeClose(child.input());
        invocation.releasePermit();
        request.body().free();
        CannedResponse response = ForkResponses.succeeded(termination)
                ? succeeded()
                : ForkResponses.failed(termination).with(Headers.CONTENT_TYPE, forks.contentType());
        response.with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()))
                .send(exchange);
    }

    private CannedResponse succeeded() {
        OutputHead head = forks.head();
        ByteBuffer[] pieces = output.pieces();
        try {
            boolean complete = head.accept(NO_BYTES);
            for (int i = 0; i < pieces.length && !complete; i++) {
                complete = head.accept(pieces[i]);
            }
            if (!complete) {
                throw head.incomplete();
            }
        } catch (MalformedMessageException e) {
            return ForkResponses.notCgi(forks, invocation, e);
        }
        head.applyTo(exchange);
        CannedResponse response = CannedResponse.ofFunction(exchange.getStatusCode());
        if (head.bodyAllowed(exchange)) {
            response = response.withBody(pieces);
        }
        return response.withLength(head.contentLength(exchange, Buffers.remaining(pieces)));
    }

    private void timedOut(Duration limit) {
        forks.log().error("Function was killed by ExecTimeout: " + GoDuration.format(limit));
        invocation.timeoutExpired(TimeoutKind.EXEC);
        forks.counts().killedByTimeout();
        abortReason = ProcessEnd.TIMEOUT;
        invocation.respondInstead(ForkResponses.failed(new Termination.TimedOut())
                .with(Headers.CONTENT_TYPE, forks.contentType())
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos())));
    }

    /** Kills the process unless the response was already determined. */
    private void abort() {
        if (!over && child != null) {
            child.input().suspendWrites();
            child.kill(abortReason);
        }
        over = true;
    }
}
