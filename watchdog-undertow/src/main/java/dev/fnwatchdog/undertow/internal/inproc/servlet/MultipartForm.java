package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormData;
import io.undertow.server.handlers.form.FormDataParser;
import io.undertow.server.handlers.form.MultiPartParserDefinition.FileTooLargeException;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.MalformedMessageException;
import io.undertow.util.MultipartParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A form of {@code multipart/form-data}. What is held of it in memory is limited (specification 5.16): Undertow's own class for such
 * a form has no such limit. Files, and text that is longer than a few kilobytes, are on the disk.
 *
 * <p>Threads: that of the servlet, one at a time.
 */
public final class MultipartForm implements FormDataParser, MultipartParser.PartHandler {
    private static final int PIECE = 16 * 1024;

    /** The longest text in memory; a file is in memory only where the servlet wants that. */
    private static final int LONGEST_TEXT = 16 * 1024;

    /** The most bytes in which neither a part begins nor one continues: of a preamble, or of the head of a part. */
    private static final int LONGEST_HEAD = 64 * 1024;

    private final HttpServerExchange exchange;
    private final MultipartLimits limits;
    private final FormMemory memory;
    private final UploadedFiles files;
    private final FormData data;
    private final MultipartParser.ParseState parser;

    // Mutable state
    private String encoding;
    private @Nullable Part part;
    private int withoutEvent;

    /** What has arrived of a part. */
    private static final class Part {
        private final String name;
        private final @Nullable String fileName;
        private final HeaderMap head;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        // Mutable state
        private long size;
        private @Nullable Path file;
        private @Nullable FileChannel channel;

        Part(String name, @Nullable String fileName, HeaderMap head) {
            this.name = name;
            this.fileName = fileName;
            this.head = head;
        }
    }

    /** @param encoding of texts that name none */
    MultipartForm(
            HttpServerExchange exchange, String boundary, String encoding, MultipartLimits limits, FormMemory memory) {
        String own = Headers.extractQuotedValueFromHeader(
                exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE), "charset");
        this.exchange = exchange;
        this.encoding = encoding;
        this.limits = limits;
        this.memory = memory;
        this.files = new UploadedFiles(limits.folder());
        this.data = new FormData(exchange.getConnection()
                .getUndertowOptions()
                .get(UndertowOptions.MAX_PARAMETERS, UndertowOptions.DEFAULT_MAX_PARAMETERS));
        this.parser = MultipartParser.beginParse(
                exchange.getConnection().getByteBufferPool(),
                this,
                boundary.getBytes(StandardCharsets.US_ASCII),
                own == null ? encoding : own);
    }

    @Override
    public void parse(HttpHandler next) throws Exception {
        parseBlocking();
        next.handleRequest(exchange);
    }

    @Override
    public FormData parseBlocking() throws IOException {
        FormData parsed = exchange.getAttachment(FORM_DATA);
        if (parsed != null) {
            return parsed;
        }
        InputStream body = exchange.getInputStream();
        byte[] piece = new byte[PIECE];
        for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
            parsePiece(ByteBuffer.wrap(piece, 0, count));
        }
        if (!parser.isComplete()) {
            throw new MalformedMessageException();
        }
        exchange.putAttachment(FORM_DATA, data);
        return data;
    }

    private void parsePiece(ByteBuffer piece) throws IOException {
        if (parser.isComplete()) {
            // An epilogue, which is dropped.
            return;
        }
        withoutEvent += piece.remaining();
        try {
            parser.parse(piece);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (withoutEvent > LONGEST_HEAD) {
            throw new MalformedMessageException();
        }
    }

    @Override
    public void beginPart(HeaderMap head) {
        withoutEvent = 0;
        String disposition = head.getFirst(Headers.CONTENT_DISPOSITION);
        String name = disposition == null ? null : Headers.extractQuotedValueFromHeader(disposition, "name");
        if (name == null) {
            throw new UncheckedIOException(new MalformedMessageException());
        }
        reserve(length(head), 1);
        part = new Part(name, Headers.extractQuotedValueFromHeaderWithEncoding(disposition, "filename"), head);
    }

    private static long length(HeaderMap head) {
        long length = 0;
        for (HeaderValues values : head) {
            for (String value : values) {
                length += values.getHeaderName().length() + value.length();
            }
        }
        return length;
    }

    private void reserve(long bytes, int fields) {
        if (!memory.reserve(bytes, fields)) {
            throw new UncheckedIOException(new FormTooLargeException());
        }
    }

    @Override
    public void data(ByteBuffer piece) throws IOException {
        withoutEvent = 0;
        Part current = current();
        current.size += piece.remaining();
        if (limits.maxFileSize() > 0 && current.size > limits.maxFileSize()) {
            throw new FileTooLargeException();
        }
        if (current.file == null && current.size > longestInMemory(current)) {
            moveToDisk(current);
        }
        FileChannel channel = current.channel;
        if (channel == null) {
            reserve(piece.remaining(), 0);
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            current.content.writeBytes(bytes);
        } else {
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }

    private Part current() {
        Part current = part;
        if (current == null) {
            throw new IllegalStateException("no part has begun");
        }
        return current;
    }

    private long longestInMemory(Part current) {
        return Math.max(limits.sizeInMemory(), current.fileName == null ? LONGEST_TEXT : 0);
    }

    private void moveToDisk(Part current) throws IOException {
        Path file = files.create();
        FileChannel channel = files.open(file, StandardOpenOption.WRITE);
        ByteBuffer content = ByteBuffer.wrap(current.content.toByteArray());
        while (content.hasRemaining()) {
            channel.write(content);
        }
        memory.release(current.content.size());
        current.content.reset();
        current.file = file;
        current.channel = channel;
    }

    @Override
    public void endPart() {
        Part ended = current();
        part = null;
        try {
            if (ended.channel != null) {
                ended.channel.close();
            }
            add(ended);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(Part ended) throws IOException {
        Path file = ended.file;
        if (ended.fileName == null) {
            String charset = charset(ended.head);
            if (file == null) {
                data.add(ended.name, ended.content.toString(charset), charset, ended.head);
            } else {
                data.add(ended.name, file, null, ended.head, true, charset);
                // In place of Undertow's, which takes memory without limit when it is read.
                data.get(ended.name).removeLast();
                data.get(ended.name).addLast(new LongText(file, Charset.forName(charset), ended.head, memory));
            }
        } else if (file == null) {
            data.add(ended.name, ended.content.toByteArray(), ended.fileName, ended.head);
        } else {
            data.add(ended.name, file, ended.fileName, ended.head);
        }
    }

    private String charset(HeaderMap head) throws MalformedMessageException {
        String type = head.getFirst(Headers.CONTENT_TYPE);
        String own = type == null ? null : Headers.extractQuotedValueFromHeader(type, "charset");
        String charset = own == null ? encoding : own;
        try {
            return Charset.forName(charset).name();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new MalformedMessageException();
        }
    }

    @Override
    public void setCharacterEncoding(String charset) {
        encoding = charset;
        parser.setCharacterEncoding(charset);
    }

    /** Returns whether {@link #close} has something to delete. */
    boolean hasFiles() {
        return !files.isEmpty();
    }

    /** Deletes the files; called at the end of the request, on a thread that may block. */
    @Override
    public void close() throws IOException {
        files.delete();
    }
}
