package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.handlers.form.FormData;
import io.undertow.util.HeaderMap;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A text of a form that is on the disk, and takes memory only when it is read as a parameter (specification 5.16).
 *
 * <p>Threads: that of the servlet.
 */
@SuppressWarnings("deprecation") // two methods of the interface are
final class LongText implements FormData.FormValue {
    private final Path file;
    private final Charset charset;
    private final HeaderMap head;
    private final FormMemory memory;

    LongText(Path file, Charset charset, HeaderMap head, FormMemory memory) {
        this.file = file;
        this.charset = charset;
        this.head = head;
        this.memory = memory;
    }

    /** Reads the text at every call, as Undertow does: the function may hold each result. */
    @Override
    public String getValue() {
        try {
            if (!memory.reserve(Files.size(file), 0)) {
                throw new UncheckedIOException(new FormTooLargeException());
            }
            return new String(Files.readAllBytes(file), charset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String getCharset() {
        return charset.name();
    }

    @Override
    public boolean isFile() {
        return true;
    }

    @Override
    public Path getPath() {
        return file;
    }

    @Override
    public File getFile() {
        return file.toFile();
    }

    @Override
    public FormData.FileItem getFileItem() {
        return new FormData.FileItem(file);
    }

    @Override
    public boolean isFileItem() {
        return true;
    }

    @Override
    public @Nullable String getFileName() {
        return null;
    }

    @Override
    public HeaderMap getHeaders() {
        return head;
    }

    @Override
    public boolean isBigField() {
        return true;
    }
}
