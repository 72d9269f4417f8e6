package dev.fnwatchdog.undertow.internal.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.xnio.channels.Configurable;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * One request of a test, and the events of its response as lines of text.
 *
 * <p>Threads: the methods are for the test's thread.
 */
final class TestedStream implements ResponseListener {
    private static final int PATIENCE_SECONDS = 20;
    private static final int PIECE = 32 * 1024;

    private final TestedConnection connection;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuilder body = new StringBuilder();
    private final CRC32 received = new CRC32();
    private final CRC32 sent = new CRC32();

    private final AtomicLong length = new AtomicLong();
    private final ClientStream stream;
    private final ConduitStreamSinkChannel sink;
    private final ConduitStreamSourceChannel source;

    /** @param opener opens the stream of a listener */
    TestedStream(TestedConnection connection, Function<ResponseListener, ClientStream> opener) {
        this.connection = connection;
        this.stream = opener.apply(this);
        this.sink = new ConduitStreamSinkChannel(Configurable.EMPTY, stream.request());
        this.source = new ConduitStreamSourceChannel(Configurable.EMPTY, stream.response());
    }

    private static String text(HeaderMap fields) {
        StringBuilder text = new StringBuilder();
        for (HeaderValues values : fields) {
            values.forEach(value ->
                    text.append(' ').append(values.getHeaderName()).append(": ").append(value));
        }
        return text.toString();
    }

    @Override
    public void interim(int status, HeaderMap fields) {
        events.add("interim " + status + text(fields));
    }

    @Override
    public void head(int status, HeaderMap fields, boolean ended) {
        events.add("head " + status + text(fields) + (ended ? " ended" : ""));
    }

    @Override
    public void trailers(HeaderMap fields) {
        events.add("trailers" + text(fields));
    }

    @Override
    public void reset(ErrorCode code, boolean notProcessed, String reason) {
        events.add("reset " + code + (notProcessed ? " not processed: " : ": ") + reason);
    }

    /** Waits for the next event. */
    String next() throws InterruptedException {
        String event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("an event").isNotNull();
        return event;
    }

    boolean hasEvent() {
        return !events.isEmpty();
    }

    /** Reads the body from now on, and keeps it as text. */
    TestedStream read() throws Exception {
        return read(true);
    }

    /** Reads the body from now on, and only counts it. */
    TestedStream count() throws Exception {
        return read(false);
    }

    private TestedStream read(boolean keep) throws Exception {
        connection.run(() -> {
            source.setReadListener(channel -> readAll(keep));
            source.resumeReads();
        });
        return this;
    }

    private void readAll(boolean keep) {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        try {
            int count = source.read(piece);
            while (count > 0) {
                received.update(piece.array(), 0, count);
                length.addAndGet(count);
                if (keep) {
                    body.append(new String(piece.array(), 0, count, StandardCharsets.ISO_8859_1));
                }
                count = source.read(piece.clear());
            }
            if (count < 0) {
                source.suspendReads();
                events.add("end" + (keep ? " " + body : ""));
            }
        } catch (IOException aborted) {
            source.suspendReads();
            events.add("read failed");
        }
    }

    /** Reads at most as many bytes as have arrived. */
    String readSome(int max) throws Exception {
        return connection.on(() -> {
            ByteBuffer piece = ByteBuffer.allocate(max);
            int count = source.read(piece);
            return count < 0 ? "EOF" : new String(piece.array(), 0, count, StandardCharsets.ISO_8859_1);
        });
    }

    void stopReading() throws Exception {
        connection.on(() -> {
            source.shutdownReads();
            return true;
        });
    }

    /** Writes text as far as it is accepted at once; returns the number of bytes. */
    int write(String text) throws Exception {
        return connection.on(() -> sink.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
    }

    void end() throws Exception {
        connection.on(() -> {
            sink.shutdownWrites();
            return sink.flush();
        });
    }

    void truncate() throws Exception {
        connection.on(() -> {
            stream.request().truncateWrites();
            return true;
        });
    }

    void setTrailers(String... fields) throws Exception {
        connection.run(() -> stream.setTrailers(TestedConnection.map(fields)));
    }

    void reset(ErrorCode code) throws Exception {
        connection.run(() -> stream.reset(code));
    }

    /** Writes a body of that length whenever the stream accepts more, and ends the request. */
    void send(long bytes) throws Exception {
        connection.run(() -> {
            Pattern rest = new Pattern(bytes);
            sink.setWriteListener(channel -> sendRest(rest));
            sink.resumeWrites();
        });
    }

    private void sendRest(Pattern rest) {
        try {
            while (rest.hasMore()) {
                if (sink.write(rest.next()) == 0) {
                    return;
                }
            }
            sink.shutdownWrites();
            sink.suspendWrites();
            events.add("sent");
        } catch (IOException aborted) {
            sink.suspendWrites();
            events.add("write failed");
        }
    }

    /** A body whose bytes differ, so that lost or reordered ones change its checksum. */
    private final class Pattern {
        private final byte[] bytes = new byte[PIECE + 251];
        private final long end;
        private long position;
        private ByteBuffer piece = ByteBuffer.allocate(0);

        Pattern(long end) {
            this.end = end;
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i % 251);
            }
        }

        boolean hasMore() {
            return position < end || piece.hasRemaining();
        }

        ByteBuffer next() {
            if (!piece.hasRemaining()) {
                int offset = (int) (position % 251);
                int count = (int) Math.min(PIECE, end - position);
                sent.update(bytes, offset, count);
                position += count;
                piece = ByteBuffer.wrap(bytes, offset, count);
            }
            return piece;
        }
    }

    long length() {
        return length.get();
    }

    /** Returns the checksum of what was received; to be called after its end. */
    long receivedChecksum() {
        return received.getValue();
    }

    long sentChecksum() {
        return sent.getValue();
    }
}
