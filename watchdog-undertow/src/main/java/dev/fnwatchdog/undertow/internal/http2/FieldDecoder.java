package dev.fnwatchdog.undertow.internal.http2;

import io.undertow.protocols.http2.HpackDecoder;
import io.undertow.protocols.http2.HpackException;
import java.nio.ByteBuffer;

/**
 * Collects the fragments of a field block from HEADERS and CONTINUATION, and decodes it when it is complete.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class FieldDecoder {
    /** The dynamic table's size, as RFC 7541 has it unless SETTINGS say otherwise. */
    private static final int TABLE_SIZE = 4096;

    /** What a byte of the dynamic table costs, with the objects around short strings. */
    private static final int HEAP_FACTOR = 4;

    /** CONTINUATION frames that may be short, beside those that carry this many bytes each. */
    private static final int SHORT_FRAGMENTS = 64;

    private static final int LONG_FRAGMENT = 256;

    private final HpackDecoder hpack = new HpackDecoder(TABLE_SIZE);
    private final ByteBudget budget;
    private final BudgetedBytes block;
    private final long largest;

    // Mutable state
    private int fragments;
    private int tableCost;

    /** @param largest bytes of a field section, and of its block */
    FieldDecoder(ByteBudget budget, long largest) {
        this.budget = budget;
        this.block = new BudgetedBytes(budget);
        this.largest = largest;
    }

    void add(ByteBuffer fragment) throws ConnectionException {
        fragments++;
        if (block.size() + fragment.remaining() > largest
                || fragments > SHORT_FRAGMENTS + block.size() / LONG_FRAGMENT) {
            throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "a field block without an end");
        }
        block.append(fragment, fragment.remaining());
    }

    /** The block is complete. */
    FieldSection decode() throws ConnectionException {
        FieldSection section = new FieldSection(largest);
        hpack.setHeaderEmitter((name, value, neverIndex) -> section.add(name, value));
        ByteBuffer bytes = block.view();
        try {
            hpack.decode(bytes, false);
        } catch (HpackException | RuntimeException malformed) {
            // Undertow's decoder meets what it does not check, such as an index into an empty table, as a
            // RuntimeException.
            throw new ConnectionException(ErrorCode.COMPRESSION_ERROR, "a field block that cannot be decoded");
        }
        if (bytes.hasRemaining()) {
            throw new ConnectionException(ErrorCode.COMPRESSION_ERROR, "a field block that ends within a field");
        }
        section.complete();
        fragments = 0;
        block.clear();
        payForTable(section.size());
        return section;
    }

    /** The table may hold all that came so far, up to its size. */
    private void payForTable(long sectionSize) throws ConnectionException {
        int cost = (int) Math.min(HEAP_FACTOR * TABLE_SIZE, tableCost + HEAP_FACTOR * sectionSize);
        if (cost > tableCost) {
            if (!budget.take(cost - tableCost)) {
                throw new ConnectionException(ErrorCode.ENHANCE_YOUR_CALM, "no memory for another connection");
            }
            tableCost = cost;
        }
    }

    /** Returns what it holds to the budget. */
    void close() {
        block.clear();
        budget.giveBack(tableCost);
        tableCost = 0;
    }
}
