package dev.fnwatchdog.core.log;

/** One of the function's streams on its way to one of the watchdog's. */
final class FunctionLines implements LineSink {
    /** What happens to a line that finds no room. */
    enum WhenFull {
        /** It waits for a moment, and holds up whoever brings it. */
        WAIT,
        /** It is dropped. */
        DROP
    }

    private final BoundedOutput output;
    private final FunctionLogFormat format;
    private final Runnable reportTooLong;
    private final WhenFull waiting;

    // Mutable state, the copying thread's alone
    private boolean open;
    private boolean lost;

    FunctionLines(BoundedOutput output, FunctionLogFormat format, Runnable reportTooLong, WhenFull waiting) {
        this.output = output;
        this.format = format;
        this.reportTooLong = reportTooLong;
        this.waiting = waiting;
    }

    boolean waits() {
        return waiting == WhenFull.WAIT;
    }

    @Override
    public void line(byte[] bytes, int offset, int length) {
        last(bytes, offset, format.textLength(bytes, offset, length), format.end());
    }

    @Override
    public void cut(byte[] bytes, int offset, int length) {
        last(bytes, offset, length, format.cutEnd());
        reportTooLong.run();
    }

    @Override
    public void part(byte[] bytes, int offset, int length) {
        if (lost) {
            return;
        }
        LineBuffer to = LineBuffer.ofThread();
        format.begin(to);
        int prefix = to.size();
        format.text(to, bytes, offset, length);
        open = output.addPart(this, to, prefix, format.end());
        lost = !open;
    }

    private void last(byte[] bytes, int offset, int length, byte[] end) {
        if (lost) {
            lost = false;
            return;
        }
        LineBuffer to = LineBuffer.ofThread();
        format.begin(to);
        int prefix = to.size();
        format.text(to, bytes, offset, length);
        to.bytes(end);
        if (open) {
            open = false;
            output.addLastPart(this, to, prefix);
        } else {
            output.addFunctionLine(to, waits());
        }
    }
}
