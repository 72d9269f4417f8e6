package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Corpus;
import dev.fnwatchdog.undertow.fixture.SeededRounds;
import dev.fnwatchdog.undertow.fixture.StreamMutator;
import dev.fnwatchdog.undertow.fixture.StrictReader;
import dev.fnwatchdog.undertow.internal.http.ChunkDecoder;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The HTTP/1 parsers alone, on bytes that are changed at random and arrive in pieces of any size. */
class MutatedParsersTest {
    private static final Duration SHORT = Duration.ofMillis(1_500);
    private static final int LONGEST_TRAILERS = 64 * 1024;
    private static final String MALFORMED = "malformed";

    private static final List<String> BODIES = List.of(
            "5\r\nhello\r\n0\r\n\r\nrest",
            "5;a=b\r\nhello\r\n6 ; c=\"d e\"\r\nworld!\r\n0\r\n\r\n",
            "a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\nA: b\r\nC: d\r\n\r\nrest",
            "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0;z\r\n\r\n");

    @Test
    void chunkDecoderAgreesWithAStrictReaderOnMutatedBodies() {
        SeededRounds.run("chunk decoder", SHORT, random -> {
            StreamMutator mutator = new StreamMutator(random);
            String bytes = mutator.mutate(mutator.pick(BODIES));

            String decoded = decoded(mutator.split(bytes));
            assertThat(decoded).as(StreamMutator.printable(bytes)).isEqualTo(strictlyDecoded(bytes));
        });
    }

    /** Returns the data and the bytes behind the body, or nothing where the body does not end. */
    private static String decoded(List<String> pieces) {
        ChunkDecoder decoder = new ChunkDecoder(LONGEST_TRAILERS);
        StringBuilder data = new StringBuilder();
        StringBuilder rest = new StringBuilder();
        try {
            for (String piece : pieces) {
                if (decoder.done()) {
                    rest.append(piece);
                } else {
                    ByteBuffer buffer = ByteBuffer.wrap(latin1(piece)).position(piece.length());
                    int read = decoder.decode(buffer, 0);
                    data.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1));
                    rest.append(piece.substring(read));
                }
            }
        } catch (MalformedMessageException malformed) {
            return "";
        }
        return decoder.done() ? data + "|" + rest : "";
    }

    private static String strictlyDecoded(String bytes) {
        StrictReader reader = new StrictReader(bytes);
        try {
            return reader.chunks() + "|" + reader.rest();
        } catch (StrictReader.MalformedException | StrictReader.IncompleteException noEnd) {
            return "";
        }
    }

    @Test
    void responseHeadParserGivesTheSameResultHoweverTheBytesAreSplit() {
        List<Http1Corpus.Case> corpus = Http1Corpus.responses();
        SeededRounds.run("response head parser", SHORT, random -> {
            StreamMutator mutator = new StreamMutator(random);
            String bytes = mutator.mutate(mutator.pick(corpus).bytes());

            assertThat(head(mutator.split(bytes)))
                    .as(StreamMutator.printable(bytes))
                    .isEqualTo(head(List.of(bytes)));
        });
    }

    private static String head(List<String> pieces) {
        ResponseHeadParser parser = new ResponseHeadParser();
        parser.reset();
        int read = 0;
        try {
            for (String piece : pieces) {
                ByteBuffer buffer = ByteBuffer.wrap(latin1(piece));
                boolean complete = parser.parse(buffer);
                read += buffer.position();
                if (complete) {
                    return "%d %s %s %s, %d bytes"
                            .formatted(parser.status(), parser.reason(), parser.protocol(), parser.headers(), read);
                }
            }
            return "incomplete";
        } catch (MalformedMessageException malformed) {
            return MALFORMED;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
