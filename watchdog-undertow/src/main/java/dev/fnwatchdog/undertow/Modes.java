package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import io.undertow.connector.ByteBufferPool;
import java.util.Map;
import org.xnio.XnioWorker;

/** Makes what the chosen mode needs. */
record Modes(
        WatchdogBuilder settings, WatchdogLog log, MetricsRegistry registry, XnioWorker worker, ByteBufferPool buffers)
        implements ModeConfig.Visitor<FunctionMode> {
    /** For a newer version of the same function, whose figures take the place of the older one's. */
    Modes renewed(WatchdogConfig config, Map<String, String> environment) {
        registry.forgetNamed();
        return new Modes(settings.renewed(config, environment), log, registry, worker, buffers);
    }

    @Override
    public FunctionMode http(ModeConfig.Http mode) {
        return new HttpMode(mode, settings, log, registry, worker, buffers);
    }

    @Override
    public FunctionMode streaming(ModeConfig.Streaming mode) {
        return ForkMode.streaming(mode, settings, log, registry);
    }

    @Override
    public FunctionMode serializing(ModeConfig.Serializing mode) {
        return ForkMode.serializing(mode, settings, log, registry);
    }

    @Override
    public FunctionMode files(ModeConfig.Static mode) {
        return new StaticMode(mode, log, worker);
    }

    @Override
    public FunctionMode inproc(ModeConfig.Inproc mode) {
        return new InprocMode(mode, settings, log, registry);
    }
}
