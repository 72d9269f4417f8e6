package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Timer;
import dev.fnwatchdog.undertow.internal.mode.ProcessEnd;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One invocation in streaming mode: the request body is a process's input, its output the response body (specification 4.13).
 *
 * <p>A process that has closed its output may outlive the response; its timeout still holds (specification 4.12).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class StreamingInvocation implements ProcessRun.Watcher, RequestPump.Watcher, ResponsePump.Watcher {
    private final ForkContext forks;
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final ProcessRun child;
    private final RequestPump requestPump;
    private final ResponsePump responsePump;

    // Mutable state
    private @Nullable Timer timeout;
    private boolean exited;
    private boolean responseSent;

    StreamingInvocation(ForkContext forks, Invocation invocation) throws IOException {
        this.forks = forks;
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.child = ProcessRun.prepare(forks, invocation.loop().thread(), false, this);
        invocation.retainPermit();
        this.requestPump = new RequestPump(invocation, child.input(), this);
        this.responsePump = new ResponsePump(invocation, child.output(), forks.head(), this);
    }

    void begin(Map<String, String> variables, Duration limit) {
        invocation.onAbort(this::abort);
        if (!limit.isZero()) {
            timeout = invocation.loop().after(invocation.start(), limit.toNanos(), () -> timedOut(limit));
        }
        invocation.watchClient();
        child.start(variables);
        requestPump.start();
        responsePump.start();
    }

    @Override
    public void notStarted(FunctionFailedException reason) {
        cancelTimeout();
        requestPump.stop();
        responsePump.stop();
        invocation.respondInstead(ForkResponses.notStarted(forks, reason));
    }

    @Override
    public void ended(Termination termination) {
        exited = true;
        ForkResponses.logFailure(forks, termination);
        releaseIfRefused();
        settle();
    }

    /** Its permit lasts as long as the process, whose output tells nothing any more. */
    private void releaseIfRefused() {
        if (exited && responsePump.refused()) {
            invocation.releasePermit();
        }
    }

    @Override
    public void released() {
        invocation.releasePermit();
    }

    @Override
    public void inputRefused() {
        settle();
    }

    /** Kills the process, also after the response: it must not take a truncated body for a complete one. */
    @Override
    public void requestBroken() {
        kill(ProcessEnd.STOPPED);
    }

    @Override
    public boolean outputEnds() {
        if (forks.counts().stopping()) {
            invocation.abort();
            return false;
        }
        invocation.releasePermit();
        return true;
    }

    @Override
    public void outputRefused() {
        releaseIfRefused();
    }

    @Override
    public void headRefused(MalformedMessageException reason) {
        invocation.respondInstead(ForkResponses.notCgi(forks, invocation, reason));
    }

    @Override
    public void answered() {
        responseSent = true;
        settle();
    }

    @Override
    public void clientGone() {
        invocation.clientDisconnected();
    }

    /** Ends what is no longer needed: the timeout, the process's input, the rest of the request. */
    private void settle() {
        if (exited && responsePump.over()) {
            cancelTimeout();
            requestPump.discard();
        }
        if (responseSent && requestPump.refused() && !exchange.isRequestComplete()) {
            invocation.awaitEndOfRequest();
        }
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel();
        }
    }

    private void timedOut(Duration limit) {
        forks.log().error("Function was killed by ExecTimeout: " + GoDuration.format(limit));
        invocation.timeoutExpired(TimeoutKind.EXEC);
        forks.counts().killedByTimeout();
        kill(ProcessEnd.TIMEOUT);
        invocation.respondInstead(ForkResponses.timedOut(invocation));
    }

    /** Kills the process unless both bodies are complete; a process that was served in full may run on. */
    private void abort() {
        if (exchange.isResponseComplete() && responsePump.over() && requestPump.over()) {
            requestPump.finish();
            responsePump.stop();
            return;
        }
        kill(ProcessEnd.STOPPED);
    }

    private void kill(ProcessEnd reason) {
        cancelTimeout();
        child.kill(reason);
        requestPump.stop();
        responsePump.stop();
    }
}
