package dev.fnwatchdog.undertow.internal.http2.frame;

import static dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException.require;

import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.protocols.http2.HpackDecoder;
import io.undertow.protocols.http2.HpackException;
import java.nio.ByteBuffer;

/**
 * Collects the fragments of a field block from HEADERS and CONTINUATION, and decodes it when it is complete.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FieldDecoder {
    /** The default size of the dynamic table in bytes (RFC 7541, RFC 9113 6.5.2). */
    private static final int TABLE_SIZE = 4096;

    /** Heap bytes for each byte of the dynamic table, including the objects around short strings. */
    private static final int HEAP_FACTOR = 4;

    /**
     * The number of CONTINUATION frames that may be short, beside those that have {@link #LONG_FRAGMENT} bytes each.
     */
    private static final int SHORT_FRAGMENTS = 1024;

    private static final int LONG_FRAGMENT = 256;

    private static final int LONG_BLOCK = 64 * 1024;

    /**
     * Heap bytes for each byte of a string, in a buffer that grows by doubling and receives the decompressed string.
     */
    private static final int STRING_FACTOR = 3;

    /**
     * A block of up to this multiple of the largest section is decoded, so only its stream is refused (specification 9.12).
     */
    private static final long MAX_BLOCK_FACTOR = 2;

    private static final int NEVER_INDEXED = 0x10;
    private static final int STRING_LENGTH = 0x7f;

    private final HpackDecoder hpack = new HpackDecoder(TABLE_SIZE);
    private final MemoryBudget budget;
    private final BudgetedBytes block;
    private final long maxSection;

    // Mutable state
    private int fragments;
    private int fieldStart;
    private int tableCost;
    private int stringCost;

    /** @param maxSection bytes of a field section */
    public FieldDecoder(MemoryBudget budget, long maxSection) {
        this.budget = budget;
        this.block = new BudgetedBytes(budget);
        this.maxSection = maxSection;
    }

    public void add(ByteBuffer fragment) throws ConnectionException {
        fragments++;
        if (block.size() + fragment.remaining() > MAX_BLOCK_FACTOR * maxSection
                || fragments > SHORT_FRAGMENTS + block.size() / LONG_FRAGMENT) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "a field block without an end");
        }
        block.append(fragment, fragment.remaining());
    }

    /**
     * Decodes the block, which {@code last} completes; it is decoded without a copy where {@code last} is all of it.
     */
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
        chargeStrings(bytes.remaining());
        FieldSection section = new FieldSection(maxSection);
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
        chargeTable(section.size());
        return section;
    }

    /** Returns whether it has decoded a block so long that the connection is not worth the memory that this retains. */
    public boolean isBloated() {
        return stringCost > 0;
    }

    /** Charges the buffer of the longest string, which the decoder retains as long as the connection lives. */
    private void chargeStrings(int length) throws ConnectionException {
        int cost = length > LONG_BLOCK ? STRING_FACTOR * length : 0;
        if (cost > stringCost) {
            require(budget.reserve(cost - stringCost), ErrorCode.ENHANCE_YOUR_CALM, "no memory for a longer head");
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
                // The decoder stops at an empty name. Such a field enters no table, so decoding can continue behind it.
                section.reject();
                fieldStart = bytes.position();
                return;
            }
        } catch (RuntimeException malformed) {
            // The decoder lets some errors, such as an index into an empty table, surface as a RuntimeException.
        }
        throw new ConnectionException(ErrorCode.COMPRESSION_ERROR, "a field block that cannot be decoded");
    }

    /**
     * Returns whether decoding stopped behind the empty name of a literal field that is not indexed (RFC 7541 6.2.2).
     */
    private boolean isNamelessLiteral(ByteBuffer bytes) {
        int literal = bytes.get(fieldStart) & 0xff;
        return (literal == 0 || literal == NEVER_INDEXED)
                && bytes.position() == fieldStart + 2
                && (bytes.get(fieldStart + 1) & STRING_LENGTH) == 0;
    }

    /** Skips a string whose length is one byte (RFC 7541 5.2). */
    private static boolean skipString(ByteBuffer bytes) {
        int length = bytes.hasRemaining() ? bytes.get() & STRING_LENGTH : STRING_LENGTH;
        if (length == STRING_LENGTH || length > bytes.remaining()) {
            return false;
        }
        bytes.position(bytes.position() + length);
        return true;
    }

    /**
     * Charges the table, which may contain all fields so far, up to its size. A connection that was served before is kept.
     */
    private void chargeTable(long sectionSize) throws ConnectionException {
        int cost = (int) Math.min(HEAP_FACTOR * TABLE_SIZE, tableCost + HEAP_FACTOR * sectionSize);
        if (cost > tableCost) {
            if (budget.reserve(cost - tableCost)) {
                tableCost = cost;
            } else if (tableCost == 0) {
                throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "no memory for another connection");
            }
        }
    }

    /** Returns its memory to the budget. */
    public void close() {
        block.clear();
        budget.release(tableCost + stringCost);
        tableCost = 0;
        stringCost = 0;
    }
}
