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
        return "Mode: %s, handler: %s".formatted(mode.name(), mode.handler().isEmpty() ? "found" : mode.handler());
    }

    private static String line(ModeConfig mode, CommandLine command) {
        return "Mode: %s, fprocess: \"%s\"".formatted(mode.name(), command.text());
    }
}
