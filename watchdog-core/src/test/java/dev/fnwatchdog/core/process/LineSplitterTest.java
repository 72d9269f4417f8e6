package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.log.LineSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
    private final Recorder recorder = new Recorder();

    /** Proves specification 6.14. */
    @ParameterizedTest
    @CsvSource({
        "'a|b|', a b",
        "'a|b', a b",
        "'||', '( ) ( )'",
        "'|a', '( ) a'",
        "'', ''",
        "'abcde|f|', 'abcde f'",
        "'abcdef|f|', 'abcde! f'",
        "'abcdefghijklmn|f|', 'abcde! f'",
        "'abcdef', abcde!",
        "'abcdef|ghijkl|', 'abcde! ghijk!'",
        "'abcdeR|f|', 'abcdeR f'",
        "'abcdeRR|f|', 'abcde! f'",
        "'abcdeRf|f|', 'abcde! f'",
        "'abcdRe|f|', 'abcdR! f'",
        "'abcdefR|f|', 'abcde! f'",
        "'R|R', 'R R'",
    })
    void aLineLongerThanTheLimitIsCutInWhateverChunksItArrives(String input, String expected) {
        String stream = input.replace('|', '\n').replace('R', '\r');
        String lines = expected.replace('R', '\r').replace("( )", "");
        for (int chunk = 1; chunk <= stream.length() + 1; chunk++) {
            Recorder chunked = new Recorder();
            feed(new LineSplitter(chunked, 5), stream.getBytes(UTF_8), chunk);

            assertThat(String.join(" ", chunked.lines))
                    .as("in chunks of %d", chunk)
                    .isEqualTo(lines);
        }
    }

    /** Proves specification 6.14. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 100_000})
    void aLongLineIsPassedOnInPartsOfAtMost64Kib(int limit) {
        int length = limit < 0 ? 5_000_000 : 100_000;
        LineSplitter splitter = new LineSplitter(recorder, limit);
        byte[] chunk = "x".repeat(10_000).getBytes(UTF_8);
        for (int passed = 0; passed < length; passed += chunk.length) {
            splitter.accept(chunk, 0, chunk.length);
        }
        splitter.accept("\nnext\n".getBytes(UTF_8), 0, 6);
        splitter.finish();

        assertThat(recorder.longest).isLessThanOrEqualTo(64 * 1024);
        assertThat(recorder.lines).hasSize(2).last().isEqualTo("next");
        assertThat(recorder.lines.get(0)).hasSize(length).containsOnlyOnce("x".repeat(length));
    }

    /** Proves specification 6.14. */
    @Test
    void aLineThatIsPassedOnInPartsIsCutAtTheLimit() {
        feed(new LineSplitter(recorder, 200_000), ("x".repeat(200_001) + "\nnext").getBytes(UTF_8), 8192);

        assertThat(recorder.lines).containsExactly("x".repeat(200_000) + "!", "next");
    }

    @Test
    void aPartOfALineEndsNeitherWithinACharacterNorWithinALineEnd() {
        for (String character : List.of("\u00e9", "\u20ac", "\ud83d\ude00", "\r")) {
            for (int shift = 0; shift < 4; shift++) {
                Recorder recorded = new Recorder();
                String line = "x".repeat(shift) + character.repeat(70_000);
                feed(new LineSplitter(recorded, -1), (line + "\n").getBytes(UTF_8), 8192);

                assertThat(recorded.lines).containsExactly(new String(line.getBytes(UTF_8), ISO_8859_1));
                assertThat(recorded.parts).isNotEmpty();
                assertThat(recorded.parts)
                        .allSatisfy(part -> assertThat(new String(part.getBytes(ISO_8859_1), UTF_8))
                                .doesNotContain("\ufffd"));
            }
        }
    }

    @Test
    void aLongLineThatIsNotUtf8IsPassedOnUnchanged() {
        byte[] bytes = "\u0080".repeat(200_000).getBytes(ISO_8859_1);
        feed(new LineSplitter(recorder, -1), bytes, 8192);

        assertThat(recorder.lines).containsExactly("\u0080".repeat(200_000));
    }

    /** Proves specification 6.14. */
    @Test
    void everyByteOfALineIsPassedOnInWhateverChunksItArrives() {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            byte[] bytes = new byte[random.nextInt(300_000)];
            random.nextBytes(bytes);
            int rare = 1 + random.nextInt(100_000);
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n' && random.nextInt(rare) > 400) {
                    bytes[i] = '\r';
                }
            }
            Recorder recorded = new Recorder();
            feed(new LineSplitter(recorded, -1), bytes, 1 + random.nextInt(100_000));

            String stream = new String(bytes, ISO_8859_1);
            String expected = stream.isEmpty() || stream.endsWith("\n") ? stream : stream + "\n";
            StringBuilder actual = new StringBuilder();
            recorded.lines.forEach(line -> actual.append(line).append('\n'));
            assertThat(actual.toString().equals(expected)).as("round %d", round).isTrue();
        }
    }

    private static void feed(LineSplitter splitter, byte[] bytes, int chunk) {
        for (int at = 0; at < bytes.length; at += chunk) {
            splitter.accept(bytes, at, Math.min(chunk, bytes.length - at));
        }
        splitter.finish();
    }

    /** Joins the parts of each line; a cut line ends in an exclamation mark. */
    private static final class Recorder implements LineSink {
        private final List<String> lines = new ArrayList<>();
        private final List<String> parts = new ArrayList<>();
        private final StringBuilder open = new StringBuilder();
        private int longest;

        @Override
        public void line(byte[] bytes, int offset, int length) {
            add(bytes, offset, length);
            lines.add(open.toString());
            open.setLength(0);
        }

        @Override
        public void part(byte[] bytes, int offset, int length) {
            assertThat(length).isPositive();
            add(bytes, offset, length);
            parts.add(new String(bytes, offset, length, ISO_8859_1));
        }

        @Override
        public void cut(byte[] bytes, int offset, int length) {
            add(bytes, offset, length);
            lines.add(open + "!");
            open.setLength(0);
        }

        private void add(byte[] bytes, int offset, int length) {
            longest = Math.max(longest, length);
            open.append(new String(bytes, offset, length, ISO_8859_1));
        }
    }
}
