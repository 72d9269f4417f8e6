package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xnio.XnioExecutor;

/** Tests how long descriptors of large files stay open. Proves specification 1.35. */
class OpenFilesTest {
    private static final int LARGE = 100_000;

    /** Runs what is due when a test says so. */
    private static class Timer implements XnioExecutor {
        private final List<Runnable> due = new ArrayList<>();

        @Override
        public void execute(Runnable task) {
            throw new AssertionError("only delayed tasks are expected");
        }

        @Override
        public Key executeAfter(Runnable task, long time, TimeUnit unit) {
            due.add(task);
            return () -> due.remove(task);
        }

        @Override
        public Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
            throw new AssertionError("only tasks that run once are expected");
        }

        void expire() {
            List.copyOf(due).forEach(Runnable::run);
            due.clear();
        }
    }

    private final OpenFiles files = new OpenFiles();
    private final Timer timer = new Timer();

    @TempDir
    private Path folder;

    private FileVersion version;

    @BeforeEach
    void write() throws IOException {
        version = large("large.bin");
    }

    private FileVersion large(String name) throws IOException {
        Path path = Files.write(folder.toRealPath().resolve(name), new byte[LARGE]);
        return FileVersion.read(path, FileVersion.attributes(path), "text/plain", "");
    }

    @Test
    void openingAFileTwiceWithinAMomentSharesTheDescriptor() throws Exception {
        OpenFile first = files.open(version, timer);
        first.release();
        OpenFile second = files.open(version, timer);

        assertThat(second).isSameAs(first);
        assertThat(second.channel().isOpen()).isTrue();
        assertThat(timer.due).hasSize(1);
    }

    @Test
    void aFileIsClosedWhenItsTimeHasPassedAndNoTransferNeedsIt() throws Exception {
        OpenFile file = files.open(version, timer);
        file.release();
        assertThat(file.channel().isOpen()).isTrue();

        timer.expire();

        assertThat(file.channel().isOpen()).isFalse();
    }

    @Test
    void aFileWhoseTimeHasPassedStaysOpenUntilTheLastTransferHasReleasedIt() throws Exception {
        OpenFile first = files.open(version, timer);
        OpenFile second = files.open(version, timer);

        timer.expire();
        first.release();
        assertThat(first.channel().isOpen()).isTrue();
        second.release();

        assertThat(first.channel().isOpen()).isFalse();
    }

    @Test
    void aFileWhoseTimeHasPassedIsOpenedAgain() throws Exception {
        OpenFile first = files.open(version, timer);
        timer.expire();
        OpenFile second = files.open(version, timer);

        assertThat(second).isNotSameAs(first);
        first.release();
        assertThat(second.channel().isOpen()).isTrue();
    }

    @Test
    void aFileWhoseSizeHasChangedIsReportedAsReplacedWhetherOpenOrNot() throws Exception {
        OpenFile file = files.open(version, timer);
        file.release();
        try (RandomAccessFile shorter = new RandomAccessFile(version.path().toFile(), "rw")) {
            shorter.setLength(LARGE - 1);
        }

        assertThatThrownBy(() -> files.open(version, timer)).isInstanceOf(NoSuchFileException.class);
        timer.expire();
        assertThat(file.channel().isOpen()).isFalse();
        assertThatThrownBy(() -> files.open(version, timer)).isInstanceOf(NoSuchFileException.class);
        assertThat(timer.due).isEmpty();
    }

    @Test
    void filesBeyondTheMostThatAreKeptAreClosedByTheirOwnTransfer() throws Exception {
        for (int i = 0; i < 64; i++) {
            files.open(large(i + ".bin"), timer).release();
        }
        OpenFile beyond = files.open(version, timer);
        assertThat(timer.due).hasSize(64);

        beyond.release();

        assertThat(beyond.channel().isOpen()).isFalse();
    }

    @Test
    void closingClosesTheFilesThatNoTransferNeedsAndKeepsNoMore() throws Exception {
        OpenFile unused = files.open(version, timer);
        unused.release();
        OpenFile used = files.open(large("used.bin"), timer);

        files.close();

        assertThat(unused.channel().isOpen()).isFalse();
        assertThat(used.channel().isOpen()).isTrue();
        used.release();
        assertThat(used.channel().isOpen()).isFalse();
        OpenFile later = files.open(version, timer);
        later.release();
        assertThat(later.channel().isOpen()).isFalse();
    }

    @Test
    void aFileIsNotKeptWhereTheThreadOfTheTimerHasStopped() throws Exception {
        Timer stopped = new Timer() {
            @Override
            public Key executeAfter(Runnable task, long time, TimeUnit unit) {
                throw new RejectedExecutionException("stopped");
            }
        };
        OpenFile file = files.open(version, stopped);
        file.release();

        assertThat(file.channel().isOpen()).isFalse();
    }
}
