package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.io.ChannelDescriptor;
import java.lang.reflect.Field;
import java.util.Optional;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Finds the file descriptor of one end of an XNIO pipe, by which a process can open it. Neither XNIO nor the JDK exposes
 * it; access needs {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED}, which the fat jar's manifest requests.
 */
final class PipeDescriptors {
    private final Field source;
    private final Field sink;
    private final ChannelDescriptor descriptor;

    private PipeDescriptors() throws ReflectiveOperationException {
        source = field("org.xnio.nio.NioPipeSourceConduit", "sourceChannel");
        sink = field("org.xnio.nio.NioPipeSinkConduit", "sinkChannel");
        descriptor = new ChannelDescriptor();
    }

    private static Field field(String type, String name) throws ReflectiveOperationException {
        Field field = Class.forName(type, true, ConduitStreamSinkChannel.class.getClassLoader())
                .getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** Returns empty if this JVM denies access to the descriptors. */
    static Optional<PipeDescriptors> find() {
        try {
            return Optional.of(new PipeDescriptors());
        } catch (ReflectiveOperationException | RuntimeException hidden) {
            return Optional.empty();
        }
    }

    int of(StreamSourceChannel end) {
        return number(source, ((ConduitStreamSourceChannel) end).getConduit());
    }

    int of(StreamSinkChannel end) {
        return number(sink, ((ConduitStreamSinkChannel) end).getConduit());
    }

    private int number(Field field, Object conduit) {
        try {
            return descriptor.of(field.get(conduit));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a pipe that is not XNIO's", e);
        }
    }
}
