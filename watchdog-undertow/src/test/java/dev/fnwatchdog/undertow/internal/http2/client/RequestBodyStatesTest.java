package dev.fnwatchdog.undertow.internal.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class RequestBodyStatesTest {
    @Test
    void aBodyIsSentAgainUnlessItIsDiscarded() {
        assertThat(TransitionTable.of(RequestBody.State.class, RequestBody.State::to))
                .containsExactly(
                        "WAITING: OPEN, SENT, DISCARDING",
                        "OPEN: WAITING, SENT, BROKEN, DISCARDING",
                        "SENT: WAITING, BROKEN, DISCARDING",
                        "BROKEN: WAITING, DISCARDING",
                        "DISCARDING: none");
    }
}
