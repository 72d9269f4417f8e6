package dev.fnwatchdog.undertow;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jboss.logging.LoggerProvider;
import org.jspecify.annotations.Nullable;

/**
 * Logs each warning and error of the libraries as one line and drops the rest (specification 6.3).
 *
 * <p>Instantiated by {@link java.util.ServiceLoader} only. The fat jar alone registers it as a service: a program that embeds
 * the watchdog keeps its own logging. The system property {@code org.jboss.logging.provider} selects another provider.
 *
 * <p>Threads: any.
 */
public final class QuietLoggerProvider implements LoggerProvider {
    // Undertow logs each failed request here with a stack trace; the watchdog reports it in the request's own line.
    private static final String PROXY = "io.undertow.proxy";
    // Undertow logs each handler that throws here; the watchdog logs that itself, with the stack trace.
    private static final String REQUEST = "io.undertow.request";

    private static final AtomicReference<Consumer<String>> LINES =
            new AtomicReference<>(QuietLoggerProvider::toStandardError);

    private static final AtomicReference<Consumer<Throwable>> FAILURES = new AtomicReference<>(failure -> {});

    /** Called by {@link java.util.ServiceLoader}. */
    public QuietLoggerProvider() {}

    /** Sends further lines to {@code lines}, without a time; earlier ones go to standard error. */
    static void sendTo(Consumer<String> lines) {
        LINES.set(lines);
    }

    /**
     * Passes every throwable that the libraries log to {@code observer}, also where the line itself is dropped. XNIO and
     * Undertow catch errors of the JVM too, and continue.
     */
    static void observeFailures(Consumer<Throwable> observer) {
        FAILURES.set(observer);
    }

    private static void observe(@Nullable Throwable thrown) {
        if (thrown != null) {
            Objects.requireNonNull(FAILURES.get()).accept(thrown);
        }
    }

    private static void toStandardError(String line) {
        String stamped =
                DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss ").format(LocalDateTime.now(ZoneId.systemDefault()))
                        + line
                        + '\n';
        // Not closed: the stream belongs to the process.
        @SuppressWarnings("resource")
        FileOutputStream standardError = new FileOutputStream(FileDescriptor.err);
        try {
            standardError.write(stamped.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Logger getLogger(String name) {
        return new LineLogger(name, !name.startsWith(PROXY) && !name.startsWith(REQUEST));
    }

    @Override
    public void clearMdc() {}

    @Override
    public @Nullable Object putMdc(String key, Object value) {
        return null;
    }

    @Override
    public @Nullable Object getMdc(String key) {
        return null;
    }

    @Override
    public void removeMdc(String key) {}

    @Override
    public Map<String, Object> getMdcMap() {
        return Map.of();
    }

    @Override
    public void clearNdc() {}

    @Override
    public String getNdc() {
        return "";
    }

    @Override
    public int getNdcDepth() {
        return 0;
    }

    @Override
    public String popNdc() {
        return "";
    }

    @Override
    public String peekNdc() {
        return "";
    }

    @Override
    public void pushNdc(String message) {}

    @Override
    public void setNdcMaxDepth(int maxDepth) {}

    private static final class LineLogger extends Logger {
        private static final long serialVersionUID = 1L;

        private final boolean enabled;

        LineLogger(String name, boolean enabled) {
            super(name);
            this.enabled = enabled;
        }

        @Override
        public boolean isEnabled(Level level) {
            return enabled && level.compareTo(Level.WARN) <= 0;
        }

        @Override
        protected void doLog(
                Level level,
                String loggerClassName,
                Object message,
                Object @Nullable [] parameters,
                @Nullable Throwable thrown) {
            observe(thrown);
            if (isEnabled(level)) {
                String text = String.valueOf(message);
                print(level, parameters == null ? text : MessageFormat.format(text, parameters), thrown);
            }
        }

        @Override
        protected void doLogf(
                Level level,
                String loggerClassName,
                String format,
                Object @Nullable [] parameters,
                @Nullable Throwable thrown) {
            observe(thrown);
            if (isEnabled(level)) {
                print(level, parameters == null ? format : String.format(format, parameters), thrown);
            }
        }

        private void print(Level level, String text, @Nullable Throwable thrown) {
            StringBuilder line = new StringBuilder();
            line.append(level).append(' ').append(getName()).append(": ").append(text);
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                StackTraceElement[] frames = cause.getStackTrace();
                line.append(": ").append(cause).append(frames.length == 0 ? "" : " at " + frames[0]);
            }
            Objects.requireNonNull(LINES.get()).accept(oneLine(line));
        }

        // Escapes control characters: a message can contain what a client sent.
        private static String oneLine(CharSequence text) {
            StringBuilder line = new StringBuilder(text.length());
            text.chars().forEach(c -> {
                if (Character.isISOControl(c)) {
                    line.append("\\u").append(String.format("%04x", c));
                } else {
                    line.append((char) c);
                }
            });
            return line.toString();
        }
    }
}
