package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;

/**
 * What a build tool that has started the watchdog says to it: a line a command on the watchdog's standard input, whose end is
 * the command to stop, so that no watchdog outlives its build. It is told its process id and its ports by a file.
 *
 * <pre>{@code
 * replace name=value&name=value   serve the function as it is now, with these changes of the environment; escaped as in a form
 * fail reason                     answer calls with the reason, escaped likewise
 * }</pre>
 */
final class Control {
    private final InputStream commands;
    private final Path report;

    // Mutable state, of the thread that reads
    private final Map<String, String> environment;

    /** @param report a file that appears, whole, once calls are served */
    Control(InputStream commands, Path report, Map<String, String> environment) {
        this.commands = commands;
        this.report = report;
        this.environment = new HashMap<>(environment);
    }

    /** Reports the ports, and obeys on a thread of its own from now on. {@code end} runs at the end of the input. */
    void begin(Watchdog watchdog, WatchdogLog log, Runnable end) throws IOException {
        report("pid=%d%nport=%d%nmetrics_port=%d%n"
                .formatted(ProcessHandle.current().pid(), watchdog.port(), watchdog.metricsPort()));
        Thread thread = new Thread(
                () -> {
                    watchdog.replaceable().ifPresent(versions -> obey(versions, log));
                    end.run();
                },
                "watchdog-control");
        thread.setDaemon(true);
        thread.start();
    }

    private void report(String text) throws IOException {
        Path draft = report.resolveSibling(report.getFileName() + ".new");
        Files.writeString(draft, text);
        Files.move(draft, report, StandardCopyOption.ATOMIC_MOVE);
    }

    private void obey(ReplaceableMode versions, WatchdogLog log) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(commands, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                obey(line.substring(0, Math.max(space, 0)), line.substring(space + 1), versions, log);
            }
        } catch (IOException e) {
            log.error("Cannot read commands: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void obey(String command, String argument, ReplaceableMode versions, WatchdogLog log)
            throws InterruptedException {
        switch (command) {
            case "replace" -> replace(argument, versions, log);
            case "fail" -> versions.fail(unescaped(argument));
            default -> log.error("Unknown command: " + command);
        }
    }

    private void replace(String changes, ReplaceableMode versions, WatchdogLog log) throws InterruptedException {
        for (String change : changes.split("&", -1)) {
            int equals = change.indexOf('=');
            if (equals > 0) {
                environment.put(unescaped(change.substring(0, equals)), unescaped(change.substring(equals + 1)));
            }
        }
        try {
            versions.replace(WatchdogConfig.parse(environment), environment);
        } catch (InvalidConfigException e) {
            log.error(e.getMessage());
            versions.fail(e.getMessage());
        }
    }

    private static String unescaped(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
