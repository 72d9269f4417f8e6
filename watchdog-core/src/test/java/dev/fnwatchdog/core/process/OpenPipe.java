package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;

/** A pipe of this JVM, both ends with their numbers. */
final class OpenPipe implements AutoCloseable {
    private final Pipe pipe;

    private OpenPipe(Pipe pipe) {
        this.pipe = pipe;
    }

    static OpenPipe open() throws IOException {
        return new OpenPipe(Pipe.open());
    }

    Pipe.SourceChannel source() {
        return pipe.source();
    }

    Pipe.SinkChannel sink() {
        return pipe.sink();
    }

    int sourceNumber() {
        return number(pipe.source());
    }

    int sinkNumber() {
        return number(pipe.sink());
    }

    /** All that comes until nobody holds the other end any more. */
    String read() throws IOException {
        return new String(Channels.newInputStream(pipe.source()).readAllBytes(), ISO_8859_1);
    }

    private static int number(Channel channel) {
        try {
            return (int)
                    Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal").invoke(channel);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        pipe.source().close();
        pipe.sink().close();
    }
}
