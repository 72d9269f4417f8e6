package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Pipes for systems on which a process cannot open the watchdog's descriptors. Threads copy between the far ends and the
 * JDK's streams of the process. The output then ends with the process, even if another process still holds it.
 *
 * <p>The I/O thread wakes these threads. XNIO's blocking operations need a selector for each thread, which takes two
 * descriptors; when these run out, a truncated body would be taken for a complete one.
 */
record PumpedPipes(PipeSet ends, XnioIoThread thread, ExecutorService pumps) implements ProcessPipes {
    private static final int CHUNK = 16 * 1024;

    /** Number of the JDK's streams of a process. */
    private static final int OF_PROCESS = 3;

    /** Opens the pipes, and owns one thread for each stream that is being copied. */
    static final class Maker implements ProcessPipes.Maker {
        private static final long IDLE_SECONDS = 5;
        private static final long STACK_BYTES = 256 * 1024;

        private final AtomicInteger made = new AtomicInteger();
        private final ExecutorService pumps = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

        private Thread thread(Runnable work) {
            Thread thread = new Thread(null, work, "watchdog-pump-" + made.incrementAndGet(), STACK_BYTES);
            thread.setDaemon(true);
            return thread;
        }

        @Override
        public ProcessPipes open(XnioIoThread thread, boolean errorsIntoOutput) throws IOException {
            return new PumpedPipes(PipeSet.open(thread, errorsIntoOutput, OF_PROCESS), thread, pumps);
        }

        @Override
        public void close() {
            pumps.shutdownNow();
        }
    }

    @Override
    public Stdio stdio() {
        return new Stdio.Pipes(ends.errors() == null);
    }

    /** @throws RejectedExecutionException if the system grants no thread; the process's streams are closed then */
    @Override
    public void started(InvocationProcess process) {
        boolean all = false;
        try {
            ThreadRefusedException.check(() -> startPumps(process));
            all = true;
        } finally {
            if (!all) {
                IoUtils.safeClose(process.input(), process.output(), process.errors());
            }
        }
    }

    private void startPumps(InvocationProcess process) {
        pumps.execute(() -> copyInput(ends.farInput(), process.input()));
        pumps.execute(() -> copyOutput(process.output(), ends.farOutput()));
        StreamSinkChannel errors = ends.farErrors();
        if (errors != null) {
            pumps.execute(() -> copyOutput(process.errors(), errors));
        }
    }

    private void copyInput(StreamSourceChannel from, OutputStream to) {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        try (to) {
            Semaphore readable = new Semaphore(0);
            from.getCloseSetter().set(closed -> readable.release());
            from.getReadSetter().set(ready -> {
                ready.suspendReads();
                readable.release();
            });
            for (int length = from.read(chunk); length >= 0; length = from.read(chunk.clear())) {
                if (length == 0) {
                    from.resumeReads();
                    readable.acquire();
                } else {
                    to.write(chunk.array(), 0, length);
                    to.flush();
                }
            }
        } catch (IOException ignored) {
            // The process reads no more, which is no error (specification 4.7). The writer sees it when the pipe is
            // closed.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
        }
    }

    private void copyOutput(InputStream from, StreamSinkChannel to) {
        byte[] chunk = new byte[CHUNK];
        try (from) {
            Semaphore writable = new Semaphore(0);
            to.getCloseSetter().set(closed -> writable.release());
            to.getWriteSetter().set(ready -> {
                ready.suspendWrites();
                writable.release();
            });
            for (int length = from.read(chunk); length >= 0; length = from.read(chunk)) {
                ByteBuffer piece = ByteBuffer.wrap(chunk, 0, length);
                while (piece.hasRemaining()) {
                    if (to.write(piece) == 0) {
                        to.resumeWrites();
                        writable.acquire();
                    }
                }
            }
        } catch (IOException ignored) {
            // The request was aborted, or the JDK has closed the stream because the process has ended. Both end the
            // copy.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            close(to);
        }
    }

    /** Closes on the I/O thread, because only its selector releases the descriptor. */
    private void close(AutoCloseable end) {
        try {
            thread.execute(() -> IoUtils.safeClose(end));
        } catch (RejectedExecutionException ignored) {
            // The I/O thread is ending, and closes all its channels.
        }
    }
}
