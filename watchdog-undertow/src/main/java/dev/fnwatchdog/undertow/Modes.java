package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import io.undertow.connector.ByteBufferPool;
import org.xnio.XnioWorker;

/** Makes what the chosen mode needs. */
record Modes(
        WatchdogBuilder settings, WatchdogLog log, MetricsRegistry registry, XnioWorker worker, ByteBufferPool buffers)
        implements ModeConfig.Visitor<FunctionMode> {
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
        return new InprocMode(mode, settings.config(), log, registry);
    }
}
