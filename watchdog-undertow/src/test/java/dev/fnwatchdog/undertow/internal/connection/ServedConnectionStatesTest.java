package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class ServedConnectionStatesTest {
    @Test
    void aTunnelCarriesNoRequestsAgain() {
        assertThat(TransitionTable.of(ServedConnection.State.class, ServedConnection.State::to))
                .containsExactly(
                        "REQUESTS: HEAD_READ, TUNNEL, LINGERING",
                        "HEAD_READ: REQUESTS, LINGERING",
                        "TUNNEL: LINGERING",
                        "LINGERING: none");
    }
}
