package dev.fnwatchdog.undertow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a watchdog starts with one process a call: the mode, and how bytes reach the processes. */
enum ForkingWatchdog {
    STREAMING("streaming", true),
    STREAMING_PUMPED("streaming", false),
    SERIALIZING("serializing", true),
    SERIALIZING_PUMPED("serializing", false);

    private final String mode;
    private final boolean descriptors;

    ForkingWatchdog(String mode, boolean descriptors) {
        this.mode = mode;
        this.descriptors = descriptors;
    }

    /** Whether processes have our pipes themselves. */
    boolean passesDescriptors() {
        return descriptors;
    }

    boolean streams() {
        return mode.equals("streaming");
    }

    /** Starts it in front of a shell's script. */
    RunningWatchdog running(String script, String... settings) throws Exception {
        return starting("sh -c '" + script.replace("'", "'\\''") + "'", settings);
    }

    /** Starts it in front of a command as {@code fprocess} has it. */
    RunningWatchdog starting(String command, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("mode", mode, "fprocess", command));
        all.addAll(Arrays.asList(settings));
        return RunningWatchdog.started(
                builder -> descriptors ? builder : builder.withoutDescriptors(), all.toArray(String[]::new));
    }
}
