package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class PumpStatesTest {
    @Test
    void aBodyIsReadToItsEndOrDiscardedOrStopped() {
        assertThat(TransitionTable.of(RequestPump.State.class, RequestPump.State::to))
                .containsExactly(
                        "READING: LAST_PIECE, DISCARDING, STOPPED",
                        "LAST_PIECE: WRITTEN, DISCARDED, STOPPED",
                        "DISCARDING: DISCARDED",
                        "WRITTEN: none",
                        "DISCARDED: none",
                        "STOPPED: none");
    }

    @Test
    void onlyDroppedOutputIsRefused() {
        assertThat(TransitionTable.of(ResponsePump.Output.class, ResponsePump.Output::to))
                .containsExactly("SENT: DROPPED, ENDED", "DROPPED: REFUSED, ENDED", "REFUSED: none", "ENDED: none");
    }

    @Test
    void aPumpThatIsDoneMovesNoMoreBytes() {
        assertThat(TransitionTable.of(ResponsePump.Activity.class, ResponsePump.Activity::to))
                .containsExactly("WAITING: PUMPING, DONE", "PUMPING: WAITING, DONE", "DONE: none");
    }
}
