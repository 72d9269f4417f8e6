package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/** The buffer pool of the I/O threads, and of other threads. */
class IoBuffersTest {
    private static final int SIZE = 128;
    private static final long MOST = 64 * SIZE;

    private final XnioWorker worker = IoWorker.start();
    private final XnioIoThread thread = worker.getIoThread();
    private final IoBuffers buffers = new IoBuffers(SIZE, IoWorker.ioThreads(), MOST);

    @AfterEach
    void stop() {
        worker.shutdownNow();
    }

    private <T> T onIoThread(Callable<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(15, TimeUnit.SECONDS);
    }

    private static ByteBuffer used(PooledByteBuffer pooled) {
        ByteBuffer buffer = pooled.getBuffer();
        buffer.put((byte) 1).flip();
        pooled.close();
        return buffer;
    }

    @Test
    void ioThreadGetsItsReturnedBufferAgainAndCleared() throws Exception {
        ByteBuffer first = onIoThread(() -> used(buffers.allocate()));
        ByteBuffer second = onIoThread(() -> buffers.allocate().getBuffer());

        assertThat(second).isSameAs(first);
        assertThat(second.remaining()).isEqualTo(SIZE);
        assertThat(second.isDirect()).isTrue();
    }

    @Test
    void theFirstBufferInTheScopeOfALargeOneIsLargeAndNoOther() throws Exception {
        LargeBuffers large = new LargeBuffers(buffers);
        List<Integer> sizes = new ArrayList<>();
        Runnable take = () -> sizes.add(buffers.allocate().getBuffer().capacity());

        onIoThread(() -> {
            buffers.withLarge(large, () -> {
                take.run();
                take.run();
            });
            buffers.withLarge(large, () -> {});
            take.run();
            return sizes;
        });

        assertThat(sizes).containsExactly(LargeBuffers.SIZE, SIZE, SIZE);
    }

    @Test
    void theScopeOfALargeBufferChangesNothingOnOtherThreads() {
        List<Integer> sizes = new ArrayList<>();

        buffers.withLarge(
                new LargeBuffers(buffers),
                () -> sizes.add(buffers.allocate().getBuffer().capacity()));

        assertThat(sizes).containsExactly(SIZE);
    }

    @Test
    void bufferThatIsInUseIsNotHandedOutASecondTime() throws Exception {
        onIoThread(() -> used(buffers.allocate()));
        ByteBuffer first = onIoThread(() -> buffers.allocate().getBuffer());

        assertThat(onIoThread(() -> buffers.allocate().getBuffer())).isNotSameAs(first);
    }

    @Test
    void bufferThatIsClosedTwiceIsReturnedToThePoolOnce() throws Exception {
        PooledByteBuffer taken = onIoThread(buffers::allocate);
        onIoThread(() -> {
            taken.close();
            taken.close();
            return taken;
        });

        assertThat(taken.isOpen()).isFalse();
        assertThatThrownBy(taken::getBuffer).isInstanceOf(IllegalStateException.class);
        ByteBuffer first = onIoThread(() -> buffers.allocate().getBuffer());
        assertThat(onIoThread(() -> buffers.allocate().getBuffer())).isNotSameAs(first);
    }

    /** Proves specification 7.22 for the threshold. */
    @Test
    void buffersAreScarceFromHalfOfTheMemoryOutsideTheHeapUntilEnoughAreReturned() throws Exception {
        List<PooledByteBuffer> taken = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            taken.add(onIoThread(buffers::allocate));
            taken.add(buffers.allocate());
        }

        assertThat(buffers.scarce()).isTrue();
        onIoThread(() -> {
            taken.subList(0, 4).forEach(PooledByteBuffer::close);
            return taken;
        });
        assertThat(buffers.scarce()).isFalse();
    }

    @Test
    void buffersComeFromTheHeapWhenLittleMemoryOutsideItIsLeft() throws Exception {
        for (int i = 0; i < 24; i++) {
            assertThat(onIoThread(buffers::allocate).getBuffer().isDirect()).isTrue();
            assertThat(buffers.allocate().getBuffer().isDirect()).isTrue();
        }

        assertThat(onIoThread(buffers::allocate).getBuffer().isDirect()).isFalse();
        assertThat(buffers.allocate().getBuffer().isDirect()).isFalse();
    }

    @Test
    void buffersAreHandedOutToOtherThreadsAndWorkersToo() throws Exception {
        onIoThread(() -> used(buffers.allocate()));
        XnioWorker another = IoWorker.start();
        try {
            CompletableFuture<ByteBuffer> ofOtherWorker = new CompletableFuture<>();
            another.getIoThread().execute(() -> ofOtherWorker.complete(used(buffers.allocate())));

            ByteBuffer ofOtherThread = used(buffers.allocate());
            assertThat(ofOtherThread.capacity()).isEqualTo(SIZE);
            assertThat(ofOtherWorker.get(15, TimeUnit.SECONDS).capacity()).isEqualTo(SIZE);
        } finally {
            another.shutdownNow();
        }
    }

    @Test
    void bufferMayBeReturnedByAnotherThreadThanItsOwn() throws Exception {
        PooledByteBuffer taken = buffers.allocate();
        onIoThread(() -> used(taken));
        PooledByteBuffer ofIoThread = onIoThread(buffers::allocate);
        ofIoThread.close();

        assertThat(taken.isOpen()).isFalse();
        assertThat(ofIoThread.isOpen()).isFalse();
    }
}
