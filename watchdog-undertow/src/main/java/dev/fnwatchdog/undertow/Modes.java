package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.undertow.internal.files.StaticMode;
import dev.fnwatchdog.undertow.internal.fork.ForkMode;
import dev.fnwatchdog.undertow.internal.inproc.InprocMode;
import dev.fnwatchdog.undertow.internal.mode.Mode;
import dev.fnwatchdog.undertow.internal.mode.ModeContext;
import dev.fnwatchdog.undertow.internal.proxy.HttpMode;

/** Creates the configured mode. */
record Modes(ModeContext context) implements ModeConfig.Visitor<Mode> {
    static Mode create(ModeContext context) {
        return context.config().mode().accept(new Modes(context));
    }

    @Override
    public Mode http(ModeConfig.Http mode) {
        return new HttpMode(mode, context);
    }

    @Override
    public Mode streaming(ModeConfig.Streaming mode) {
        return ForkMode.streaming(mode, context);
    }

    @Override
    public Mode serializing(ModeConfig.Serializing mode) {
        return ForkMode.serializing(mode, context);
    }

    @Override
    public Mode files(ModeConfig.Static mode) {
        return new StaticMode(mode, context);
    }

    @Override
    public Mode inproc(ModeConfig.Inproc mode) {
        return new InprocMode(mode, context);
    }
}
