package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.internal.devpage.DevelopmentPages;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode;
import dev.fnwatchdog.undertow.internal.reload.ReplaceableMode.FirstVersion;
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
 * Executes the commands of the build tool that started the watchdog. The commands arrive on standard input, one a line. EOF
 * stops the watchdog, which therefore never outlives its build (specification 7.29). The build tool reads the process id and
 * the ports from a file.
 *
 * <pre>{@code
 * replace name=value&name=value   serve the current function, with these environment changes; escaped as in a form
 * fail reason                     respond to requests with the reason, escaped likewise
 * origins name=origin&name=origin where settings come from, for the page at /_/dev; all others come from the environment
 * }</pre>
 *
 * <p>Threads: two of its own. One reads, and notices EOF while the other still executes a command, which may take long.
 */
final class ControlInput {
    /** What the build tool says of the function at the start. */
    enum Function {
        /** It is built, and probably not replaced. */
        BUILT(FirstVersion.BUILT, DevelopmentPages.Access.NONE),
        /** It is built, and someone works on it. */
        DEVELOPED(FirstVersion.BUILT, DevelopmentPages.Access.LOCAL_CLIENTS),
        /** Someone works on it, and it could not be built. */
        UNBUILT(FirstVersion.UNBUILT, DevelopmentPages.Access.LOCAL_CLIENTS);

        private final FirstVersion first;
        private final DevelopmentPages.Access access;

        Function(FirstVersion first, DevelopmentPages.Access access) {
            this.first = first;
            this.access = access;
        }

        static Function of(String option) {
            return switch (option) {
                case "--developed" -> DEVELOPED;
                case "--unbuilt" -> UNBUILT;
                default -> BUILT;
            };
        }

        WatchdogBuilder configure(WatchdogBuilder builder) {
            return builder.replaceable(first, access);
        }
    }

    private static final String REPLACE = "replace";

    /** Marks EOF in the queue; a line contains no line terminator. */
    private static final String END = "\n";

    private final InputStream commands;
    private final Path report;
    private final Function function;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    // Mutable state, of the thread that executes commands
    private final Map<String, String> environment;

    /**
     * @param report a file that appears, complete, once requests are served
     * @param function what there is before the first command
     */
    ControlInput(InputStream commands, Path report, Map<String, String> environment, Function function) {
        this.commands = commands;
        this.report = report;
        this.function = function;
        this.environment = new HashMap<>(environment);
    }

    Function function() {
        return function;
    }

    /** Starts reading; {@code end} runs at EOF, whatever the result of the earlier commands. */
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

    /** Reports the ports and starts executing commands. */
    void executeCommands(Watchdog watchdog, WatchdogLog log) throws IOException {
        report("pid=%d%nport=%d%nmetrics_port=%d%n"
                .formatted(ProcessHandle.current().pid(), watchdog.port(), watchdog.metricsPort()));
        watchdog.replaceable().ifPresent(versions -> start("watchdog-versions", () -> executeAll(versions, log)));
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void report(String text) throws IOException {
        Path draft = report.resolveSibling(report.getFileName() + ".new");
        try {
            Files.writeString(draft, text);
            Files.move(draft, report, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException("cannot write %s, which the build tool reads: %s".formatted(report, e), e);
        }
    }

    private void executeAll(ReplaceableMode versions, WatchdogLog log) {
        try {
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                execute(line, versions, log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void execute(String line, ReplaceableMode versions, WatchdogLog log) throws InterruptedException {
        int space = Math.max(line.indexOf(' '), 0);
        String argument = line.substring(Math.min(space + 1, line.length()));
        try {
            switch (line.substring(0, space)) {
                case REPLACE -> replace(argument, versions, log);
                case "fail" -> versions.fail(unescaped(argument));
                case "origins" -> versions.pages().originate(pairs(argument));
                default -> log.error("Unknown command: " + line);
            }
        } catch (IllegalArgumentException e) {
            log.error("Cannot execute the command \"%s\": %s".formatted(line, e.getMessage()));
        }
    }

    private void replace(String changes, ReplaceableMode versions, WatchdogLog log) throws InterruptedException {
        environment.putAll(pairs(changes));
        String next = lines.peek();
        if (next != null && next.startsWith(REPLACE)) {
            // A newer version is queued already: skip this one, which delays the newer one.
            return;
        }
        try {
            versions.replace(WatchdogConfig.parse(environment), environment);
        } catch (InvalidConfigException e) {
            log.error(e.getMessage());
            versions.fail(e.getMessage());
        }
    }

    private static Map<String, String> pairs(String form) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(unescaped(pair.substring(0, equals)), unescaped(pair.substring(equals + 1)));
            }
        }
        return pairs;
    }

    private static String unescaped(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
