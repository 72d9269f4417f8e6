package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class UpstreamExchangeStatesTest {
    @Test
    void anExchangeWithTheFunctionOnlyAdvances() {
        assertThat(TransitionTable.of(UpstreamExchange.State.class, UpstreamExchange.State::to))
                .containsExactly(
                        "CREATED: STARTING, AWAITING_RESPONSE, RESPONDING, ABORTED",
                        "STARTING: AWAITING_RESPONSE, RESPONDING, ABORTED",
                        "AWAITING_RESPONSE: RESPONDING, ABORTED",
                        "RESPONDING: ABORTED",
                        "ABORTED: none");
    }
}
