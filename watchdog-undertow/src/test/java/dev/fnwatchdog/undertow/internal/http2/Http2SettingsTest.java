package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** How the watchdog follows the settings of an HTTP/2 client (RFC 9113 6.5). */
class Http2SettingsTest {
    private static final short HEADER_TABLE_SIZE = 1;
    private static final String UPDATE_TO_0 = " ";
    private static final String UPDATE_TO_4096 = "?\u00e1\u001f";

    private static byte[] tableSizes(int... sizes) {
        ByteBuffer settings = ByteBuffer.allocate(6 * sizes.length);
        for (int size : sizes) {
            settings.putShort(HEADER_TABLE_SIZE).putInt(size);
        }
        return settings.array();
    }

    private static Frame headAfter(Http2Client client, int stream, byte[] settings) throws Exception {
        client.send(Http2Frames.SETTINGS, 0, 0, settings);
        client.get(stream, "/");
        Frame head = client.next();
        assertThat(head.type()).isEqualTo(Http2Frames.HEADERS);
        assertThat(client.response(stream)).endsWith("hi");
        return head;
    }

    /** RFC 7541 4.2. */
    @Test
    void aHeaderTableThatIsLoweredAndRaisedInOneFrameIsAnnouncedWithBothSizesAndEmptied() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(
                        "HTTP/1.1 200 OK\r\nX-Indexed: value\r\nContent-Length: 2\r\n\r\nhi");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/");
            assertThat(client.response(1)).contains("x-indexed: value");

            Frame both = headAfter(client, 3, tableSizes(0, 4096));
            assertThat(both.payload()).startsWith(UPDATE_TO_0 + UPDATE_TO_4096);
            assertThat(both.fields()).contains(":status: 200", "x-indexed: value");
            Frame none = headAfter(client, 5, tableSizes(4096));
            assertThat(none.payload()).doesNotStartWith(UPDATE_TO_0).doesNotStartWith(UPDATE_TO_4096);
            assertThat(none.fields()).contains("x-indexed: value");
            Frame lowered = headAfter(client, 7, tableSizes(0));
            assertThat(lowered.payload()).startsWith(UPDATE_TO_0).doesNotStartWith(UPDATE_TO_0 + UPDATE_TO_4096);
            assertThat(lowered.fields()).contains("x-indexed: value");
            Frame raised = headAfter(client, 9, tableSizes(4096));
            assertThat(raised.payload()).startsWith(UPDATE_TO_4096);
        }
    }
}
