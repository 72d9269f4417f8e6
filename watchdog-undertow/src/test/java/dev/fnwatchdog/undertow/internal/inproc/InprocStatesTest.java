package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class InprocStatesTest {
    @Test
    void aResponseIsCompleteOrRejectedBeforeItIsClosed() {
        assertThat(TransitionTable.of(ResponseBuffers.State.class, ResponseBuffers.State::to))
                .containsExactly(
                        "OPEN: COMPLETE, REJECTED, CLOSED_INCOMPLETE",
                        "COMPLETE: CLOSED_COMPLETE",
                        "REJECTED: CLOSED_INCOMPLETE",
                        "CLOSED_COMPLETE: none",
                        "CLOSED_INCOMPLETE: none");
    }

    @Test
    void aResponseIsSentOnlyAfterItsEnd() {
        assertThat(TransitionTable.of(ResponseSender.State.class, ResponseSender.State::to))
                .containsExactly("UNSENT: BEGUN, ENDED, DONE", "BEGUN: ENDED, DONE", "ENDED: DONE", "DONE: none");
    }

    @Test
    void aRequestBodyThatTheHandlerReadsNoMoreStaysSo() {
        assertThat(TransitionTable.of(RequestBodyBuffer.State.class, RequestBodyBuffer.State::to))
                .containsExactly(
                        "ARRIVING: COMPLETE, CLOSED, STOPPED",
                        "COMPLETE: CLOSED, STOPPED",
                        "CLOSED: STOPPED",
                        "STOPPED: none");
    }

    @Test
    void aCancelledExecutionStaysCancelled() {
        assertThat(TransitionTable.of(HandlerExecution.State.class, HandlerExecution.State::to))
                .containsExactly("RUNNING: RESPONDED, CANCELLED", "RESPONDED: CANCELLED", "CANCELLED: none");
    }
}
