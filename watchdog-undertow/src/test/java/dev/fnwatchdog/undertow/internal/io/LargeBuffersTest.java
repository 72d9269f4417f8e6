package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The buffers for large bodies: a few, and then those of the usual size. */
class LargeBuffersTest {
    private static final int USUAL = 128;

    private final LargeBuffers buffers = new LargeBuffers(new DefaultByteBufferPool(true, USUAL));

    @Test
    void areGivenAgainAndCleared() {
        PooledByteBuffer taken = buffers.allocate();
        ByteBuffer first = taken.getBuffer();
        first.put((byte) 1).flip();
        taken.close();
        ByteBuffer second = buffers.allocate().getBuffer();

        assertThat(second).isSameAs(first);
        assertThat(second.remaining()).isEqualTo(LargeBuffers.SIZE);
    }

    @Test
    void areTakenBackOnceAlone() {
        PooledByteBuffer taken = buffers.allocate();
        taken.close();
        taken.close();

        assertThat(taken.isOpen()).isFalse();
        assertThatThrownBy(taken::getBuffer).isInstanceOf(IllegalStateException.class);
        assertThat(buffers.allocate().getBuffer())
                .isNotSameAs(buffers.allocate().getBuffer());
        assertThat(buffers.inUse()).isEqualTo(2);
    }

    @Test
    void areOfTheUsualSizeWhereTooManyAreInUse() {
        List<PooledByteBuffer> all = new ArrayList<>();
        for (int i = 0; i < LargeBuffers.MAX_BUFFERS; i++) {
            all.add(buffers.allocate());
        }

        assertThat(all).extracting(pooled -> pooled.getBuffer().capacity()).containsOnly(LargeBuffers.SIZE);
        assertThat(buffers.allocate().getBuffer().capacity()).isEqualTo(USUAL);
        all.get(3).close();
        assertThat(buffers.allocate().getBuffer().capacity()).isEqualTo(LargeBuffers.SIZE);
        assertThat(buffers.inUse()).isEqualTo(LargeBuffers.MAX_BUFFERS);
    }
}
