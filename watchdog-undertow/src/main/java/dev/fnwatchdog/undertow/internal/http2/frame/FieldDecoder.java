package dev.fnwatchdog.undertow.internal.http2.frame;

import dev.fnwatchdog.undertow.internal.io.ByteBudget;
import io.undertow.protocols.http2.HpackDecoder;
import io.undertow.protocols.http2.HpackException;
import java.nio.ByteBuffer;

/**
 * Collects the fragments of a field block from HEADERS and CONTINUATION, and decodes it when it is complete.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FieldDecoder {
    /** The dynamic table's size, as RFC 7541 has it unless SETTINGS say otherwise. */
    private static final int TABLE_SIZE = 4096;

    /** What a byte of the dynamic table costs, with the objects around short strings. */
    private static final int HEAP_FACTOR = 4;

    /** CONTINUATION frames that may be short, beside those that carry this many bytes each. */
    private static final int SHORT_FRAGMENTS = 1024;

    private static final int LONG_FRAGMENT = 256;

    private static final int LONG_BLOCK = 64 * 1024;

    /** What a byte of a string costs in a buffer that grows by doubling, and is decompressed into. */
    private static final int STRING_FACTOR = 3;

    /** Times the largest section: a block that is a little too long is decoded, so that its stream alone is refused. */
    private static final long LONGEST_BLOCK = 2;

    private static final int NEVER_INDEXED = 0x10;
    private static final int STRING_LENGTH = 0x7f;

    private final HpackDecoder hpack = new HpackDecoder(TABLE_SIZE);
    private final ByteBudget budget;
    private final BudgetedBytes block;
    private final long largest;

    // Mutable state
    private int fragments;
    private int fieldStart;
    private int tableCost;
    private int stringCost;

    /** @param largest bytes of a field section */
    public FieldDecoder(ByteBudget budget, long largest) {
        this.budget = budget;
        this.block = new BudgetedBytes(budget);
        this.largest = largest;
    }

    public void add(ByteBuffer fragment) throws ConnectionException {
        fragments++;
        if (block.size() + fragment.remaining() > LONGEST_BLOCK * largest
                || fragments > SHORT_FRAGMENTS + block.size() / LONG_FRAGMENT) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "a field block without an end");
        }
        block.append(fragment, fragment.remaining());
    }

    /** The block is complete with {@code last}; nearly always that is all of it, and is decoded where it is. */
    public FieldSection decode(ByteBuffer last) throws ConnectionException {
        if (fragments == 0) {
            return decodeAll(last);
        }
        add(last);
        FieldSection section = decodeAll(block.view());
        fragments = 0;
        block.clear();
        return section;
    }

    private FieldSection decodeAll(ByteBuffer bytes) throws ConnectionException {
        payForStrings(bytes.remaining());
        FieldSection section = new FieldSection(largest);
        int begin = bytes.position();
        hpack.setHeaderEmitter((name, value, neverIndex) -> {
            fieldStart = bytes.position();
            section.add(name, value);
        });
        fieldStart = begin;
        while (bytes.hasRemaining()) {
            decode(bytes, section);
        }
        section.complete();
        payForTable(section.size());
        return section;
    }

    /** Whether it has decoded a block so long that the connection should not be kept for what that costs. */
    public boolean isBloated() {
        return stringCost > 0;
    }

    /** The decoder keeps the buffer of its longest string for the connection's life. */
    private void payForStrings(int length) throws ConnectionException {
        int cost = length > LONG_BLOCK ? STRING_FACTOR * length : 0;
        if (cost > stringCost) {
            if (!budget.reserve(cost - stringCost)) {
                throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "no memory for a longer head");
            }
            stringCost = cost;
        }
    }

    private void decode(ByteBuffer bytes, FieldSection section) throws ConnectionException {
        try {
            hpack.decode(bytes, false);
            if (!bytes.hasRemaining()) {
                return;
            }
        } catch (HpackException malformed) {
            if (isNamelessLiteral(bytes) && skipString(bytes)) {
                // The decoder gives up at an empty name; since it enters no table, what follows can be decoded.
                section.addNameless();
                fieldStart = bytes.position();
                return;
            }
        } catch (RuntimeException malformed) {
            // What the decoder does not check, such as an index into an empty table, it meets as a RuntimeException.
        }
        throw new ConnectionException(ErrorCode.COMPRESSION_ERROR, "a field block that cannot be decoded");
    }

    /** Whether decoding stopped behind the empty name of a literal field that is not indexed (RFC 7541, section 6.2.2). */
    private boolean isNamelessLiteral(ByteBuffer bytes) {
        int literal = bytes.get(fieldStart) & 0xff;
        return (literal == 0 || literal == NEVER_INDEXED)
                && bytes.position() == fieldStart + 2
                && (bytes.get(fieldStart + 1) & STRING_LENGTH) == 0;
    }

    /** Skips a string of one length byte (RFC 7541, section 5.2). */
    private static boolean skipString(ByteBuffer bytes) {
        int length = bytes.hasRemaining() ? bytes.get() & STRING_LENGTH : STRING_LENGTH;
        if (length == STRING_LENGTH || length > bytes.remaining()) {
            return false;
        }
        bytes.position(bytes.position() + length);
        return true;
    }

    /** The table may hold all that came so far, up to its size. A connection that was served before is served on. */
    private void payForTable(long sectionSize) throws ConnectionException {
        int cost = (int) Math.min(HEAP_FACTOR * TABLE_SIZE, tableCost + HEAP_FACTOR * sectionSize);
        if (cost > tableCost) {
            if (budget.reserve(cost - tableCost)) {
                tableCost = cost;
            } else if (tableCost == 0) {
                throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "no memory for another connection");
            }
        }
    }

    /** Returns what it holds to the budget. */
    public void close() {
        block.clear();
        budget.release(tableCost + stringCost);
        tableCost = 0;
        stringCost = 0;
    }
}
