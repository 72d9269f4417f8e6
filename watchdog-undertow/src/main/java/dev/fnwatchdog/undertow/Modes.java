package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.ModeConfig;

/** Makes the mode that was chosen. */
record Modes(ModeContext context) implements ModeConfig.Visitor<FunctionMode> {
    static FunctionMode create(ModeContext context) {
        return context.config().mode().accept(new Modes(context));
    }

    @Override
    public FunctionMode http(ModeConfig.Http mode) {
        return new HttpMode(mode, context);
    }

    @Override
    public FunctionMode streaming(ModeConfig.Streaming mode) {
        return ForkMode.streaming(mode, context);
    }

    @Override
    public FunctionMode serializing(ModeConfig.Serializing mode) {
        return ForkMode.serializing(mode, context);
    }

    @Override
    public FunctionMode files(ModeConfig.Static mode) {
        return new StaticMode(mode, context);
    }

    @Override
    public FunctionMode inproc(ModeConfig.Inproc mode) {
        return new InprocMode(mode, context);
    }
}
