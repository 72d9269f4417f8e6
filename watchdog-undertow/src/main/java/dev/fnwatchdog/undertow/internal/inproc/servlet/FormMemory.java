package dev.fnwatchdog.undertow.internal.inproc.servlet;

/**
 * The memory of one form, which is released with its request (specification 5.16).
 *
 * <p>Threads: any.
 */
public interface FormMemory {
    /**
     * Reserves memory.
     *
     * @param bytes of the form that are held in memory
     * @param fields that are held
     * @return false where that does not fit; nothing is reserved then
     */
    boolean reserve(long bytes, int fields);

    /** Releases memory of bytes that are not held any more. */
    void release(long bytes);
}
