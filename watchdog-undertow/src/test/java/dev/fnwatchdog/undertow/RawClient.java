package dev.fnwatchdog.undertow;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One side of a connection of bare bytes, which a client library would hide. Text is ISO 8859-1: a character a byte. Used for
 * both sides: a test's client, and the function that it plays.
 */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int STALLED_MILLIS = 300;

    private final Socket socket;
    private final InputStream in;

    RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    static RawClient to(InetAddress host, int port) throws IOException {
        return new RawClient(new Socket(host, port));
    }

    Socket socket() {
        return socket;
    }

    /** Sends text; {@code \n} stays what it is, so write {@code \r\n}. */
    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends the same bytes again and again. */
    void sendTimes(byte[] bytes, int times) {
        try {
            for (int i = 0; i < times; i++) {
                send(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends zeros until the other side has taken none for a while, or {@code limit} have gone.
     *
     * @return how many it has taken
     */
    int sendUntilBlocked(int limit) throws IOException {
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            byte[] zeros = new byte[64 * 1024];
            while (taken.get() < limit) {
                sendTimes(zeros, 1);
                taken.addAndGet(zeros.length);
            }
        });
        int before = -1;
        while (before < taken.get()) {
            before = taken.get();
            try {
                sending.get(STALLED_MILLIS, TimeUnit.MILLISECONDS);
                return taken.get();
            } catch (TimeoutException | ExecutionException | InterruptedException notYet) {
                // looked at again
            }
        }
        return taken.get();
    }

    /** Sends on what arrives, byte for byte. */
    void copyTo(RawClient other, int count) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (int left = count; left > 0; ) {
            int read = in.read(buffer, 0, Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException();
            }
            other.socket.getOutputStream().write(buffer, 0, read);
            left -= read;
        }
    }

    /** Sends on what arrives, to the first piece that ends with {@code end}. */
    void copyTo(RawClient other, String end) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        String tail = "";
        while (!tail.endsWith(end)) {
            int read = in.read(buffer);
            if (read < 0) {
                throw new EOFException();
            }
            other.socket.getOutputStream().write(buffer, 0, read);
            tail += new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
            tail = tail.substring(Math.max(0, tail.length() - end.length()));
        }
    }

    /** Waits for something to read; false where the other side closes first. */
    boolean awaitFirstByte() throws IOException {
        in.mark(1);
        boolean there = in.read() >= 0;
        in.reset();
        return there;
    }

    /** Reads a head, with its empty line. */
    String readHead() throws IOException {
        return readUntil("\r\n\r\n");
    }

    /** Reads to the first {@code end}, which is part of what is returned. */
    String readUntil(String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (!endsWith(read, end)) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("ended after: " + read);
            }
            read.append((char) b);
        }
        return read.toString();
    }

    private static boolean endsWith(StringBuilder text, String end) {
        int from = text.length() - end.length();
        return from >= 0 && text.indexOf(end, from) == from;
    }

    /** Reads exactly so many bytes. */
    String read(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("ended after: " + new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Reads what has come, and waits where that is nothing; empty once the other side has closed. */
    String readSome() throws IOException {
        byte[] buffer = new byte[64 * 1024];
        int count = in.read(buffer);
        return new String(buffer, 0, Math.max(count, 0), StandardCharsets.ISO_8859_1);
    }

    /** Reads until the other side closes. */
    String readToEnd() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Reads until the other side closes, in order or not: all that came before. */
    String readToAnyEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException reset) {
            // That was the end.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads a response with a Content-Length: head and body. */
    String readResponse() throws IOException {
        String head = readHead();
        return head + read(contentLength(head));
    }

    /** Reads a response to its end, chunked or with a Content-Length: its head, and its body without the framing. */
    String readWhole() throws IOException {
        String head = readHead();
        if (!head.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked\r\n")) {
            return head + read(contentLength(head));
        }
        StringBuilder body = new StringBuilder(head);
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.append(read(size));
            readUntil("\r\n");
        }
        readUntil("\r\n");
        return body.toString();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(readUntil("\r\n").trim(), 16);
    }

    static int contentLength(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .map(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).trim()))
                .findFirst()
                .orElse(0);
    }

    /** Whether the other side has closed, or reset, the connection; waits for it. */
    boolean closedByPeer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Closes without a goodbye: the other side sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
