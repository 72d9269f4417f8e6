package dev.fnwatchdog.undertow.internal.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class InvocationStatesTest {
    @Test
    void anInvocationOnlyAdvances() {
        assertThat(TransitionTable.of(InvocationPhase.class, InvocationPhase::to))
                .containsExactly(
                        "RUNNING: TUNNEL, STOPPED, DISCONNECTED, ENDED",
                        "TUNNEL: STOPPED, DISCONNECTED, ENDED",
                        "STOPPED: DISCONNECTED, ENDED",
                        "DISCONNECTED: ENDED",
                        "ENDED: none");
    }

    @Test
    void aPermitIsReleasedOnlyAfterResponseAndMode() {
        assertThat(TransitionTable.of(PermitHold.class, PermitHold::to))
                .containsExactly(
                        "RESPONSE: RETAINED, RELEASED",
                        "RETAINED: RESPONSE, OVERDUE",
                        "OVERDUE: RELEASED",
                        "RELEASED: none");
    }

    @Test
    void theWatchOfAClientDoesNotBeginAgain() {
        assertThat(TransitionTable.of(ClientWatch.class, ClientWatch::to))
                .containsExactly(
                        "NONE: WANTED, POSSIBLE, STARTED, STOPPED",
                        "WANTED: STARTED, STOPPED",
                        "POSSIBLE: STARTED, STOPPED",
                        "STARTED: STOPPED",
                        "STOPPED: none");
    }

    @Test
    void aResponseIsNotSentAfterItWasStopped() {
        assertThat(TransitionTable.of(ResponseSink.State.class, ResponseSink.State::to))
                .containsExactly(
                        "UNSENT: BEGUN, HEAD_SENT, STOPPED",
                        "BEGUN: HEAD_SENT, STOPPED",
                        "HEAD_SENT: STOPPED",
                        "STOPPED: none");
    }
}
