package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Reports ports that another program uses, before anything is started. */
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
                    "a free port, or 0 for any free port (%s)".formatted(e.getMessage())));
        }
    }
}
