package dev.fnwatchdog.undertow.internal.http2.frame;

import io.undertow.protocols.http2.HpackEncoder;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Encodes field sections (RFC 7541). Blocks must be sent in the order in which they were encoded.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class FieldEncoder {
    /** The dynamic table's size in bytes, unless the peer announces a smaller one; a larger one would cost memory. */
    static final int TABLE_SIZE = 4096;

    private static final HeaderMap NO_FIELDS = new HeaderMap();
    private static final HttpString STATUS = new HttpString(":status");
    private static final HttpString METHOD = new HttpString(":method");
    private static final HttpString SCHEME = new HttpString(":scheme");
    private static final HttpString AUTHORITY = new HttpString(":authority");
    private static final HttpString PATH = new HttpString(":path");

    /** Fields whose values rarely repeat, or are secret (RFC 7541 7.1.3). */
    private static final Set<HttpString> NOT_INDEXED = Set.of(
            PATH,
            Headers.AUTHORIZATION,
            Headers.CONTENT_LENGTH,
            Headers.COOKIE,
            Headers.DATE,
            Headers.ETAG,
            Headers.LAST_MODIFIED,
            Headers.LOCATION,
            Headers.SET_COOKIE,
            new HttpString("X-Call-Id"),
            new HttpString("X-Duration-Seconds"));

    private final HpackEncoder hpack = new HpackEncoder(TABLE_SIZE, new Indexing());
    private final HeaderMap pseudo = new HeaderMap();

    // Mutable state
    private int tableSize = TABLE_SIZE;
    private int smallestSize = TABLE_SIZE;
    private int announcedSize = TABLE_SIZE;

    /** Receives the parts of a block. */
    interface Sink {
        /** Receives the next part; {@code first} and {@code last} say whether it begins or ends the block. */
        void part(ByteBuffer part, boolean first, boolean last);
    }

    /**
     * Follows the peer's SETTINGS_HEADER_TABLE_SIZE. Where it was lowered and raised again, the next block announces both the
     * smallest size and the last one (RFC 7541 4.2).
     *
     * @param smallest the smallest size since the last call
     * @param size the last one
     */
    void useTableSize(int smallest, int size) {
        smallestSize = Math.min(smallestSize, smallest);
        tableSize = size;
    }

    /** Announces the sizes one by one, as Undertow's encoder evicts entries for the last size only. */
    private void announceTableSize(ByteBuffer scratch) {
        if (smallestSize < announcedSize && smallestSize < tableSize) {
            hpack.setMaxTableSize(smallestSize);
            hpack.encode(NO_FIELDS, scratch);
            announcedSize = smallestSize;
        }
        if (tableSize != announcedSize) {
            hpack.setMaxTableSize(tableSize);
            announcedSize = tableSize;
        }
        smallestSize = tableSize;
    }

    /** @param scratch for the parts, of at most {@link FrameType#MAX_PAYLOAD} bytes */
    void encodeResponse(int statusCode, HeaderMap fields, ByteBuffer scratch, Sink sink) {
        pseudo.put(STATUS, Integer.toString(statusCode));
        encode(pseudo, fields, scratch, sink);
    }

    /** @param scratch as above */
    void encodeRequest(RequestPseudoFields target, HeaderMap fields, ByteBuffer scratch, Sink sink) {
        pseudo.put(METHOD, target.method());
        pseudo.put(SCHEME, target.scheme());
        if (target.authority().isEmpty()) {
            pseudo.remove(AUTHORITY);
        } else {
            pseudo.put(AUTHORITY, target.authority());
        }
        pseudo.put(PATH, target.path());
        encode(pseudo, fields, scratch, sink);
    }

    /** Encodes trailers. */
    void encode(HeaderMap trailers, ByteBuffer scratch, Sink sink) {
        encode(NO_FIELDS, trailers, scratch, sink);
    }

    private void encode(HeaderMap pseudoFields, HeaderMap fields, ByteBuffer scratch, Sink sink) {
        scratch.clear();
        announceTableSize(scratch);
        boolean first = true;
        while (pseudoFields.size() > 0 && hpack.encode(pseudoFields, scratch) != HpackEncoder.State.COMPLETE) {
            sink.part(scratch.flip(), first, false);
            scratch.clear();
            first = false;
        }
        boolean complete = false;
        while (!complete) {
            complete = hpack.encode(fields, scratch) == HpackEncoder.State.COMPLETE;
            sink.part(scratch.flip(), first, complete);
            scratch.clear();
            first = false;
        }
    }

    private static final class Indexing implements HpackEncoder.HpackHeaderFunction {
        private static final int HUFFMAN_THRESHOLD = 10;

        @Override
        public boolean shouldUseIndexing(HttpString name, String value) {
            return !NOT_INDEXED.contains(name);
        }

        @Override
        public boolean shouldUseHuffman(HttpString name, String value) {
            return value.length() > HUFFMAN_THRESHOLD;
        }

        @Override
        public boolean shouldUseHuffman(HttpString name) {
            return name.length() > HUFFMAN_THRESHOLD;
        }
    }
}
