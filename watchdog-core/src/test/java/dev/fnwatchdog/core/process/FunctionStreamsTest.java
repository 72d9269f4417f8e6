package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.log.LineSink;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FunctionStreamsTest {
    private final List<String> lines = new ArrayList<>();

    private final LineSink sink = new LineSink() {
        @Override
        public void line(byte[] bytes, int offset, int length) {
            lines.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void part(byte[] bytes, int offset, int length) {
            lines.add("part");
        }

        @Override
        public void cut(byte[] bytes, int offset, int length) {
            lines.add("cut " + new String(bytes, offset, length, StandardCharsets.UTF_8));
        }
    };

    @Test
    void textPrintedToAFunctionStreamIsPassedOnLineByLine() {
        PrintStream stream = FunctionStreams.to(sink, 100);

        stream.print("o");
        stream.println("ne");
        stream.write('t');
        stream.println("wö\nthree");

        assertThat(lines).containsExactly("one", "twö", "three");
    }

    @Test
    void aLineOfAFunctionStreamLongerThanTheLimitIsCut() {
        FunctionStreams.to(sink, 3).println("abcdef");

        assertThat(lines).containsExactly("cut abc");
    }
}
