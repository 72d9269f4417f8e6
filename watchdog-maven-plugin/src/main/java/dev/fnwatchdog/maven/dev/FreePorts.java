package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Tells, before anything is started, of ports that another program has. */
public final class FreePorts {
    private FreePorts() {}

    public static void check(WatchdogConfig config, RawSettings given) throws InvalidSettingsException {
        List<Mistake> mistakes = new ArrayList<>();
        check("port", config.port(), mistakes);
        check("metrics_port", config.metricsPort(), mistakes);
        if (!mistakes.isEmpty()) {
            throw given.toException(mistakes);
        }
    }

    private static void check(String setting, int port, List<Mistake> mistakes) {
        try {
            new ServerSocket(port).close();
        } catch (IOException e) {
            mistakes.add(new Mistake(
                    setting,
                    Integer.toString(port),
                    "a port that is free, or 0 for any that is (%s)".formatted(e.getMessage())));
        }
    }
}
