package dev.fnwatchdog.undertow.internal.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Determines the type of a body from its first bytes, with the patterns of the WHATWG's MIME Sniffing Standard (sections 6
 * and 7.1) and the names and additions of Go's {@code DetectContentType}, which callers of of-watchdog know (specification
 * 3.31). Text gets a charset.
 *
 * <p>Threads: any.
 */
public final class ContentTypeSniffer {
    /** The most bytes that count. */
    public static final int MAX_BYTES = 512;

    private static final String UNKNOWN = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";

    /** In a pattern: any byte. */
    private static final char ANY = '\u0100';

    private static final String FOUR = String.valueOf(ANY).repeat(4);

    private static final List<Signature> TEXT_AND_MEDIA = List.of(
            Signature.tag("<!DOCTYPE HTML"),
            Signature.tag("<HTML"),
            Signature.tag("<HEAD"),
            Signature.tag("<SCRIPT"),
            Signature.tag("<IFRAME"),
            Signature.tag("<H1"),
            Signature.tag("<DIV"),
            Signature.tag("<FONT"),
            Signature.tag("<TABLE"),
            Signature.tag("<A"),
            Signature.tag("<STYLE"),
            Signature.tag("<TITLE"),
            Signature.tag("<B"),
            Signature.tag("<BODY"),
            Signature.tag("<BR"),
            Signature.tag("<P"),
            Signature.tag("<!--"),
            new Signature(Place.BEHIND_BLANKS, "<?xml", "text/xml; charset=utf-8"),
            Signature.of("%PDF-", "application/pdf"),
            Signature.of("%!PS-Adobe-", "application/postscript"),
            // Byte order marks, with so many bytes behind them that there are four.
            Signature.of("\u00fe\u00ff" + ANY + ANY, "text/plain; charset=utf-16be"),
            Signature.of("\u00ff\u00fe" + ANY + ANY, "text/plain; charset=utf-16le"),
            Signature.of("\u00ef\u00bb\u00bf" + ANY, TEXT),
            // Images
            Signature.of("\0\0\1\0", "image/x-icon"),
            Signature.of("\0\0\2\0", "image/x-icon"),
            Signature.of("BM", "image/bmp"),
            Signature.of("GIF87a", "image/gif"),
            Signature.of("GIF89a", "image/gif"),
            Signature.of("RIFF" + FOUR + "WEBPVP", "image/webp"),
            Signature.of("\u0089PNG\r\n\32\n", "image/png"),
            Signature.of("\u00ff\u00d8\u00ff", "image/jpeg"),
            // Audio and video, except MP4, which has no fixed pattern
            Signature.of("FORM" + FOUR + "AIFF", "audio/aiff"),
            Signature.of("ID3", "audio/mpeg"),
            Signature.of("OggS\0", "application/ogg"),
            Signature.of("MThd\0\0\0\6", "audio/midi"),
            Signature.of("RIFF" + FOUR + "AVI ", "video/avi"),
            Signature.of("RIFF" + FOUR + "WAVE", "audio/wave"),
            Signature.of("\32E\u00df\u00a3", "video/webm"));

    private static final List<Signature> FONTS_AND_ARCHIVES = List.of(
            // Fonts
            Signature.of(String.valueOf(ANY).repeat(34) + "LP", "application/vnd.ms-fontobject"),
            Signature.of("\0\1\0\0", "font/ttf"),
            Signature.of("OTTO", "font/otf"),
            Signature.of("ttcf", "font/collection"),
            Signature.of("wOFF", "font/woff"),
            Signature.of("wOF2", "font/woff2"),
            // Archives and programs
            Signature.of("\37\u008b\b", "application/x-gzip"),
            Signature.of("PK\3\4", "application/zip"),
            Signature.of("Rar!\32\7\0", "application/x-rar-compressed"),
            Signature.of("Rar!\32\7\1\0", "application/x-rar-compressed"),
            Signature.of("\0asm", "application/wasm"));

    private ContentTypeSniffer() {}

    /** Where a pattern is. */
    private enum Place {
        START,
        BEHIND_BLANKS,
        /** Behind blanks, in any case, and followed by a blank or the end of the tag. */
        TAG
    }

    /**
     * One row of the standard's tables.
     *
     * @param pattern a character for each byte, or {@link #ANY}
     */
    private record Signature(Place place, String pattern, String type) {
        static Signature of(String pattern, String type) {
            return new Signature(Place.START, pattern, type);
        }

        static Signature tag(String pattern) {
            return new Signature(Place.TAG, pattern, HTML);
        }

        boolean matches(byte[] body, int text) {
            int from = place == Place.START ? 0 : text;
            int end = from + pattern.length();
            if (end > body.length || (place == Place.TAG && !endsTag(body, end))) {
                return false;
            }
            for (int i = 0; i < pattern.length(); i++) {
                char expected = pattern.charAt(i);
                if (expected != ANY && expected != byteAt(body[from + i], expected)) {
                    return false;
                }
            }
            return true;
        }

        private static boolean endsTag(byte[] body, int end) {
            return end < body.length && (body[end] == ' ' || body[end] == '>');
        }

        /** Returns a byte; one that is compared with a letter of a tag in upper case. */
        private int byteAt(byte b, char expected) {
            return place == Place.TAG && expected >= 'A' && expected <= 'Z' ? b & 0xdf : b & 0xff;
        }
    }

    /**
     * Returns the type of the body that begins with the bytes between position and limit, which do not change.
     *
     * @param first the first bytes of the body; those behind {@link #MAX_BYTES} do not count
     */
    public static String contentType(ByteBuffer first) {
        byte[] body = new byte[Math.min(first.remaining(), MAX_BYTES)];
        first.get(first.position(), body);
        int text = 0;
        while (text < body.length && isBlank(body[text])) {
            text++;
        }
        String type = type(TEXT_AND_MEDIA, body, text);
        if (type.isEmpty()) {
            type = isMp4(body) ? "video/mp4" : type(FONTS_AND_ARCHIVES, body, text);
        }
        return !type.isEmpty() ? type : isText(body, text) ? TEXT : UNKNOWN;
    }

    private static String type(List<Signature> signatures, byte[] body, int text) {
        for (Signature signature : signatures) {
            if (signature.matches(body, text)) {
                return signature.type();
            }
        }
        return "";
    }

    private static boolean isBlank(byte b) {
        return b == '\t' || b == '\n' || b == '\f' || b == '\r' || b == ' ';
    }

    /** Returns whether it begins with a whole {@code ftyp} box that names a brand of MP4 (section 6.2.1). */
    private static boolean isMp4(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        if (body.length < 12 || !text.startsWith("ftyp", 4)) {
            return false;
        }
        int box = ByteBuffer.wrap(body).getInt(0);
        if (box < 0 || box > body.length || box % 4 != 0) {
            return false;
        }
        for (int brand = 8; brand < box; brand += 4) {
            // The version is between the main brand and the compatible ones.
            if (brand != 12 && text.startsWith("mp4", brand)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isText(byte[] body, int from) {
        for (int i = from; i < body.length; i++) {
            if (isBinary(body[i])) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether no text contains this byte: every control byte except white space and ESC (section 3). */
    private static boolean isBinary(byte b) {
        return b >= 0 && b < ' ' && !isBlank(b) && b != 0x1b;
    }
}
