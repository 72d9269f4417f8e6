package dev.fnwatchdog.undertow.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The type of a body by its first bytes, as the standard's tables and Go have it. */
class ContentTypeSnifferTest {
    private static final String UNKNOWN = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";

    /** Returns the type of a body, a byte for each character. */
    private static String typeOf(String body) {
        return ContentTypeSniffer.contentType(ByteBuffer.wrap(body.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Replaces {@code \} and three octal digits by the byte, and {@code ?} by any byte. */
    private static String unescaped(String text, char any) {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                bytes.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
                i += 3;
            } else {
                bytes.append(c == '?' ? any : c);
            }
        }
        return bytes.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "%PDF- | application/pdf",
                "%!PS-Adobe- | application/postscript",
                "\\376\\377?? | text/plain; charset=utf-16be",
                "\\377\\376?? | text/plain; charset=utf-16le",
                "\\357\\273\\277? | text/plain; charset=utf-8",
                "\\000\\000\\001\\000 | image/x-icon",
                "\\000\\000\\002\\000 | image/x-icon",
                "BM | image/bmp",
                "GIF87a | image/gif",
                "GIF89a | image/gif",
                "RIFF????WEBPVP | image/webp",
                "\\211PNG\\015\\012\\032\\012 | image/png",
                "\\377\\330\\377 | image/jpeg",
                "FORM????AIFF | audio/aiff",
                "ID3 | audio/mpeg",
                "OggS\\000 | application/ogg",
                "MThd\\000\\000\\000\\006 | audio/midi",
                "RIFF????AVI\\040 | video/avi",
                "RIFF????WAVE | audio/wave",
                "\\032E\\337\\243 | video/webm",
                "\\000\\000\\000\\024ftypmp42????abcd | video/mp4",
                "\\000\\000\\000\\030ftypisom????isommp41 | video/mp4",
                "??????????????????????????????????LP | application/vnd.ms-fontobject",
                "\\000\\001\\000\\000 | font/ttf",
                "OTTO | font/otf",
                "ttcf | font/collection",
                "wOFF | font/woff",
                "wOF2 | font/woff2",
                "\\037\\213\\010 | application/x-gzip",
                "PK\\003\\004 | application/zip",
                "Rar!\\032\\007\\000 | application/x-rar-compressed",
                "Rar!\\032\\007\\001\\000 | application/x-rar-compressed",
                "\\000asm | application/wasm"
            })
    void bodyThatBeginsWithAPatternHasItsTypeAndAShorterOneHasNot(String pattern, String type) {
        for (char any : new char[] {'\0', 'x', '\u00ff'}) {
            String bytes = unescaped(pattern, any);
            assertThat(typeOf(bytes)).isEqualTo(type);
            assertThat(typeOf(bytes + "\0more")).isEqualTo(type);
            if (!type.startsWith("text/")) {
                assertThat(typeOf(bytes.substring(0, bytes.length() - 1))).isIn(TEXT, UNKNOWN);
                assertThat(typeOf(" " + bytes)).isIn(TEXT, UNKNOWN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE HTML",
                "<HTML",
                "<HEAD",
                "<SCRIPT",
                "<IFRAME",
                "<H1",
                "<DIV",
                "<FONT",
                "<TABLE",
                "<A",
                "<STYLE",
                "<TITLE",
                "<B",
                "<BODY",
                "<BR",
                "<P",
                "<!--"
            })
    void tagOfHtmlBehindBlanksAndInAnyCaseIsHtml(String tag) {
        for (String end : new String[] {">", " "}) {
            assertThat(typeOf(tag + end)).isEqualTo(HTML);
            assertThat(typeOf("\t\n\f\r " + tag.toLowerCase(Locale.ROOT) + end + "\0"))
                    .isEqualTo(HTML);
        }
        assertThat(typeOf(tag)).isEqualTo(TEXT);
        assertThat(typeOf(tag + "x>")).isEqualTo(TEXT);
        assertThat(typeOf(tag + "\t>")).isEqualTo(TEXT);
        assertThat(typeOf("x" + tag + ">")).isEqualTo(TEXT);
        assertThat(typeOf("\u000b" + tag + ">")).isEqualTo(UNKNOWN);
    }

    @Test
    void xmlDeclarationInSmallLettersIsXml() {
        assertThat(typeOf("<?xml")).isEqualTo("text/xml; charset=utf-8");
        assertThat(typeOf("\r\n\t <?xml version=\"1.0\"?>")).isEqualTo("text/xml; charset=utf-8");
        assertThat(typeOf("<?XML")).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{\"a\": 1}",
                "\t\n\f\r\u001b[1m",
                "gr\u00fc\u00df\u0080",
                "<",
                "<!doctype htm",
                "\u007f"
            })
    void bodyWithoutABinaryByteIsText(String body) {
        assertThat(typeOf(body)).isEqualTo(TEXT);
    }

    @Test
    void bodyWithAControlByteThatNoTextHasIsUnknown() {
        for (char c = 0; c < ' '; c++) {
            boolean text = "\t\n\f\r\u001b".indexOf(c) >= 0;
            assertThat(typeOf("abc" + c)).as("byte %d", (int) c).isEqualTo(text ? TEXT : UNKNOWN);
        }
    }

    @Test
    void onlyTheFirst512BytesCount() {
        String blanks = " ".repeat(ContentTypeSniffer.MAX_BYTES - 6);

        assertThat(typeOf(blanks + "<HTML>")).isEqualTo(HTML);
        assertThat(typeOf(" " + blanks + "<HTML>")).isEqualTo(TEXT);
        assertThat(typeOf(blanks + "abcdef\0")).isEqualTo(TEXT);
        assertThat(typeOf(blanks + "abcde\0")).isEqualTo(UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "\\000\\000\\000\\024ftypisom????isom, a box without a brand of MP4",
        "\\000\\000\\000\\024ftypisommp42isom, a version that looks like a brand",
        "\\000\\000\\000\\023ftypmp42????abcd, a size that is no multiple of four",
        "\\000\\000\\000\\030ftypmp42????abcd, a box of which the end is missing",
        "\\377\\377\\377\\374ftypmp42????abcd, a size beyond 31 bits",
        "\\000\\000\\000\\024fTypmp42????abcd, another box",
        "\\000\\000\\000\\010ftypmp42????abcd, a box without a brand"
    })
    void boxThatIsNotOneOfMp4IsUnknown(String body, String what) {
        assertThat(typeOf(unescaped(body, '\0'))).as(what).isEqualTo(UNKNOWN);
    }

    @Test
    void bufferIsReadFromItsPositionAndIsNotChanged() {
        ByteBuffer direct = ByteBuffer.allocateDirect(64);
        direct.put("??GIF89a??".getBytes(StandardCharsets.ISO_8859_1))
                .position(2)
                .limit(8);

        assertThat(ContentTypeSniffer.contentType(direct.asReadOnlyBuffer())).isEqualTo("image/gif");
        assertThat(ContentTypeSniffer.contentType(direct)).isEqualTo("image/gif");
        assertThat(direct.position()).isEqualTo(2);
        assertThat(direct.limit()).isEqualTo(8);
    }
}
