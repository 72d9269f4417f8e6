package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;

/**
 * A conduit that sees everything that is written: every write method calls {@link #write(ByteBuffer)}, or {@link
 * #write(ByteBuffer[], int, int)} where a conduit has that one too.
 */
public abstract class SinkFilter extends AbstractStreamSinkConduit<StreamSinkConduit> {
    public SinkFilter(StreamSinkConduit next) {
        super(next);
    }

    @Override
    public abstract int write(ByteBuffer src) throws IOException;

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (srcs[i].hasRemaining()) {
                return write(srcs[i]);
            }
        }
        return 0;
    }

    @Override
    public final int writeFinal(ByteBuffer src) throws IOException {
        return Conduits.writeFinalBasic(this, src);
    }

    @Override
    public final long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return Conduits.writeFinalBasic(this, srcs, offs, len);
    }

    @Override
    public long transferFrom(FileChannel src, long position, long count) throws IOException {
        return src.transferTo(position, count, new ConduitWritableByteChannel(this));
    }

    @Override
    public final long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer)
            throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }
}
