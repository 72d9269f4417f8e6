package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What a build tool that has started the watchdog says to it: a line a command on the watchdog's standard input, whose end is
 * the command to stop, so that no watchdog outlives its build. It is told its process id and its ports by a file.
 *
 * <pre>{@code
 * replace name=value&name=value   serve the function as it is now, with these changes of the environment; escaped as in a form
 * fail reason                     answer calls with the reason, escaped likewise
 * }</pre>
 *
 * <p>Threads: two of its own. One reads, so that the end of the input is seen while the other obeys, which may take long.
 */
final class ControlInput {
    private static final String REPLACE = "replace";

    /** Stands for the end of the input; no line has a line's end in it. */
    private static final String END = "\n";

    private final InputStream commands;
    private final Path report;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    // Mutable state, of the thread that obeys
    private final Map<String, String> environment;

    /** @param report a file that appears, whole, once calls are served */
    ControlInput(InputStream commands, Path report, Map<String, String> environment) {
        this.commands = commands;
        this.report = report;
        this.environment = new HashMap<>(environment);
    }

    /** Reads from now on; {@code end} runs at the end of the input, whatever has become of the commands before it. */
    void listen(WatchdogLog log, Runnable end) {
        start("watchdog-control", () -> {
            try {
                read(log);
            } finally {
                lines.add(END);
                end.run();
            }
        });
    }

    private void read(WatchdogLog log) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(commands, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            log.error("Cannot read commands: " + e.getMessage());
        }
    }

    /** Reports the ports, and obeys from now on. */
    void executeCommands(Watchdog watchdog, WatchdogLog log) throws IOException {
        report("pid=%d%nport=%d%nmetrics_port=%d%n"
                .formatted(ProcessHandle.current().pid(), watchdog.port(), watchdog.metricsPort()));
        watchdog.replaceable().ifPresent(versions -> start("watchdog-versions", () -> executeCommands(versions, log)));
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void report(String text) throws IOException {
        Path draft = report.resolveSibling(report.getFileName() + ".new");
        Files.writeString(draft, text);
        Files.move(draft, report, StandardCopyOption.ATOMIC_MOVE);
    }

    private void executeCommands(ReplaceableMode versions, WatchdogLog log) {
        try {
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                executeCommands(line, versions, log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void executeCommands(String line, ReplaceableMode versions, WatchdogLog log) throws InterruptedException {
        int space = Math.max(line.indexOf(' '), 0);
        String argument = line.substring(Math.min(space + 1, line.length()));
        try {
            switch (line.substring(0, space)) {
                case REPLACE -> replace(argument, versions, log);
                case "fail" -> versions.fail(unescaped(argument));
                default -> log.error("Unknown command: " + line);
            }
        } catch (IllegalArgumentException e) {
            log.error("Cannot obey \"%s\": %s".formatted(line, e.getMessage()));
        }
    }

    private void replace(String changes, ReplaceableMode versions, WatchdogLog log) throws InterruptedException {
        for (String change : changes.split("&", -1)) {
            int equals = change.indexOf('=');
            if (equals > 0) {
                environment.put(unescaped(change.substring(0, equals)), unescaped(change.substring(equals + 1)));
            }
        }
        String next = lines.peek();
        if (next != null && next.startsWith(REPLACE)) {
            // It is old already, and whoever saved twice waits for the newer one.
            return;
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
