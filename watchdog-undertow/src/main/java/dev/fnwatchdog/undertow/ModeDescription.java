package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.ModeConfig;

/** Describes the mode and what it runs, for the log at startup (specification 6.2). */
final class ModeDescription implements ModeConfig.Visitor<String> {
    @Override
    public String http(ModeConfig.Http mode) {
        return line(mode, mode.command()) + ", upstream: " + mode.upstream();
    }

    @Override
    public String streaming(ModeConfig.Streaming mode) {
        return line(mode, mode.command());
    }

    @Override
    public String serializing(ModeConfig.Serializing mode) {
        return line(mode, mode.command());
    }

    @Override
    public String files(ModeConfig.Static mode) {
        return "Mode: %s, static_path: %s".formatted(mode.name(), mode.root());
    }

    @Override
    public String inproc(ModeConfig.Inproc mode) {
        // Without a name the class is not known yet, and there may be none.
        return "Mode: " + mode.name() + (mode.handler().isEmpty() ? "" : ", handler: " + mode.handler());
    }

    private static String line(ModeConfig mode, CommandLine command) {
        return "Mode: %s, fprocess: \"%s\"".formatted(mode.name(), command.text());
    }
}
