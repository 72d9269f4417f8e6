package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.undertow.internal.handler.ReadOnlyHandler;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import io.undertow.server.HttpHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Serves files from a folder, without a function to start or stop (specification 1.25).
 *
 * <p>Threads: any.
 */
public final class StaticMode implements Mode {
    private final WatchdogLog log;
    private final OpenFiles openFiles = new OpenFiles();
    private final HttpHandler handler;

    public StaticMode(ModeConfig.Static mode, ModeContext context) {
        this.log = context.log();
        this.handler = new ReadOnlyHandler(new StaticHandler(
                new ServedFolder(mode.root(), mode.singlePage()),
                FileCache.inHeapOf(Runtime.getRuntime()),
                openFiles,
                ThreadRefusedException.checked(context.worker()),
                log));
    }

    @Override
    public HttpHandler handler() {
        return handler;
    }

    @Override
    public void start() {
        String encoding = System.getProperty("sun.jnu.encoding", "");
        if (!encoding.equals(StandardCharsets.UTF_8.name())) {
            log.warn("File names outside ASCII cannot be served: the JVM's sun.jnu.encoding is %s; set LANG=C.UTF-8"
                    .formatted(encoding));
        }
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void stop(Duration grace) {
        openFiles.close();
    }

    @Override
    public void kill() {
        openFiles.close();
    }
}
