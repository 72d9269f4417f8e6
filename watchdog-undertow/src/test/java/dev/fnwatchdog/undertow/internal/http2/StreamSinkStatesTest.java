package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class StreamSinkStatesTest {
    @Test
    void aMessageIsSentOnlyAfterItsEnd() {
        assertThat(TransitionTable.of(StreamSink.State.class, StreamSink.State::to))
                .containsExactly(
                        "HEAD: BODY, ENDED, ABORTED",
                        "BODY: ENDED, ABORTED",
                        "ENDED: SENT, ABORTED",
                        "SENT: none",
                        "ABORTED: none");
    }
}
