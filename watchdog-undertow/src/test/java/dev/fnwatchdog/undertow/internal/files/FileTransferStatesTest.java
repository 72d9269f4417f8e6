package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.TransitionTable;
import org.junit.jupiter.api.Test;

class FileTransferStatesTest {
    @Test
    void aTransferEndsOnceWrittenOrAborted() {
        assertThat(TransitionTable.of(FileTransfer.State.class, FileTransfer.State::to))
                .containsExactly(
                        "HEAD: BODY, WRITTEN, ABORTED", "BODY: WRITTEN, ABORTED", "WRITTEN: none", "ABORTED: none");
    }
}
