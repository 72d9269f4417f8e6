package dev.fnwatchdog.core.log;

/** Passes one of the function's streams on to one of the watchdog's (specification 6.13). */
final class FunctionLines implements LineSink {
    /** What happens to a line for which there is no room. */
    enum WhenFull {
        /** It waits for a short time, and so does the thread that adds it. */
        WAIT,
        /** It is dropped. */
        DROP
    }

    private final BoundedOutput output;
    private final FunctionLogFormat format;
    private final Runnable reportTooLong;
    private final WhenFull waiting;

    // Mutable state, used by the copying thread only
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
        int text = format.textLength(bytes, offset, length);
        if (!open && !lost && format.passes(bytes, offset, text)) {
            LineBuffer to = new LineBuffer();
            to.bytes(bytes, offset, text).oneByte('\n');
            output.addFunctionLine(to, waits());
        } else {
            last(bytes, offset, text, format.end());
        }
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
        LineBuffer to = new LineBuffer();
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
        LineBuffer to = new LineBuffer();
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
