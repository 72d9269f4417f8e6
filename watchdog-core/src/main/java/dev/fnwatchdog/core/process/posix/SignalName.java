package dev.fnwatchdog.core.process.posix;

import java.util.List;

/** Go's names of the Linux signals. */
final class SignalName {
    private static final List<String> NAMES = List.of(
            "signal 0",
            "hangup",
            "interrupt",
            "quit",
            "illegal instruction",
            "trace/breakpoint trap",
            "aborted",
            "bus error",
            "floating point exception",
            "killed",
            "user defined signal 1",
            "segmentation fault",
            "user defined signal 2",
            "broken pipe",
            "alarm clock",
            "terminated",
            "stack fault",
            "child exited",
            "continued",
            "stopped (signal)",
            "stopped",
            "stopped (tty input)",
            "stopped (tty output)",
            "urgent I/O condition",
            "CPU time limit exceeded",
            "file size limit exceeded",
            "virtual timer expired",
            "profiling timer expired",
            "window changed",
            "I/O possible",
            "power failure",
            "bad system call");

    private SignalName() {}

    static String of(int number) {
        return number > 0 && number < NAMES.size() ? NAMES.get(number) : "signal " + number;
    }
}
