package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.TimeoutQueue;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call in streaming mode: a process whose input and output are the request's and the answer's bodies (specification 4).
 *
 * <p>The process may outlive the answer, where it has closed its output; its time is limited then too.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class StreamingInvocation
        implements ForkHandler.ForkCall, ProcessRun.Watcher, RequestPump.Watcher, ResponsePump.Watcher {
    private final ForkContext forks;
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final ProcessRun child;
    private final RequestPump requestPump;
    private final ResponsePump responsePump;

    // Mutable state
    private TimeoutQueue.@Nullable Timeout timeout;
    private boolean exited;
    private boolean answered;

    StreamingInvocation(ForkContext forks, Invocation invocation) throws IOException {
        this.forks = forks;
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.child = ProcessRun.prepare(forks, invocation.loop().thread(), false, this);
        invocation.retainPermit();
        this.requestPump = new RequestPump(invocation, child.input(), this);
        this.responsePump = new ResponsePump(invocation, child.output(), forks.contentType(), this);
    }

    @Override
    public void begin(Map<String, String> variables, Duration limit) {
        invocation.onAbort(this::abort);
        if (!limit.isZero()) {
            timeout =
                    invocation.loop().execTimeouts().start(invocation.start(), limit.toNanos(), () -> timedOut(limit));
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
        settle();
    }

    @Override
    public void released() {
        invocation.releasePermit();
    }

    @Override
    public void inputRefused() {
        settle();
    }

    /** Also where the answer is over: the process must not take a part of the body for the whole. */
    @Override
    public void requestBroken() {
        kill();
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
    public void answered() {
        answered = true;
        settle();
    }

    @Override
    public void clientGone() {
        invocation.clientDisconnected();
    }

    /** Sees what is over, and ends what then has no use any more. */
    private void settle() {
        if (exited && responsePump.ended()) {
            cancelTimeout();
            requestPump.discard();
        }
        if (answered && requestPump.refused() && !exchange.isRequestComplete()) {
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
        forks.counts().killedByTimeout();
        kill();
        invocation.respondInstead(ForkResponses.timedOut(invocation));
    }

    /** The call is over. A process whose client was served in full may go on. */
    private void abort() {
        if (exchange.isResponseComplete() && responsePump.ended() && requestPump.over()) {
            requestPump.finish();
            responsePump.stop();
            return;
        }
        kill();
    }

    private void kill() {
        cancelTimeout();
        child.kill();
        requestPump.stop();
        responsePump.stop();
    }
}
