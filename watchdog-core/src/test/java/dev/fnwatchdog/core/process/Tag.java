package dev.fnwatchdog.core.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A variable of a test's own, by which it finds whatever it has started. */
final class Tag {
    static final String NAME = "TEST_TREE";

    private final String value = UUID.randomUUID().toString();

    Map<String, String> on(Map<String, String> environment) {
        Map<String, String> tagged = new HashMap<>(environment);
        tagged.put(NAME, value);
        return tagged;
    }

    /** Everything alive that carries it. */
    List<Long> processes() {
        ProcessTable table = ProcessTable.ofThisSystem();
        // What has no memory any more has no environment either: it is dead, or a zombie that its parent will bury.
        return table.read().stream()
                .map(ProcessTable.Entry::pid)
                .filter(pid -> table.environment(pid).contains("\0" + NAME + "=" + value + "\0"))
                .toList();
    }

    void killAll() {
        processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
}
