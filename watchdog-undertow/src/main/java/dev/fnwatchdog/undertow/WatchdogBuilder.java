package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.FunctionServer;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a {@link Watchdog} is to be started. Belongs to one thread. */
public final class WatchdogBuilder {
    private final WatchdogConfig config;
    private Map<String, String> environment = FunctionServer.inheritedEnvironment();
    private boolean lockFile;
    private @Nullable WatchdogLog log;
    private @Nullable ByteBufferPool buffers;
    private @Nullable MemoryShares memory;
    private boolean passesDescriptors = true;
    private boolean replaceable;

    WatchdogBuilder(WatchdogConfig config) {
        this.config = Objects.requireNonNull(config, "config");
    }

    /** The function's environment, in place of this process's own. */
    public WatchdogBuilder environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** Where it logs, in place of this process's standard output and error. The caller closes it, after the watchdog. */
    public WatchdogBuilder log(WatchdogLog destination) {
        log = Objects.requireNonNull(destination, "destination");
        return this;
    }

    /**
     * Writes the lock file, and makes health depend on it, as the settings ask for (contract 2). Not done by default: two
     * watchdogs of one JVM would share the file.
     */
    public WatchdogBuilder lockFile() {
        lockFile = true;
        return this;
    }

    /**
     * Binds the ports, starts the function, and returns when calls are served.
     *
     * @throws InvalidConfigException where a setting turns out not to be usable: a host that cannot be found
     * @throws FunctionFailedException where the function cannot be started; the message names the command
     * @throws IOException where a port cannot be bound or the lock file not be written; the message names it
     */
    public Watchdog start() throws IOException, FunctionFailedException {
        return Watchdog.start(this);
    }

    /** Where its buffers come from, in place of a pool of its own, so that they can be counted. */
    WatchdogBuilder buffers(ByteBufferPool pool) {
        buffers = pool;
        return this;
    }

    /** What clients can make it hold, in place of a share of this JVM's heap. */
    WatchdogBuilder memory(MemoryShares shares) {
        memory = shares;
        return this;
    }

    /** Has threads copy what goes to processes and comes from them, as where processes cannot open our pipes. */
    WatchdogBuilder withoutDescriptors() {
        passesDescriptors = false;
        return this;
    }

    /** The function may be replaced by a newer version of itself while calls are served. */
    WatchdogBuilder replaceable() {
        replaceable = true;
        return this;
    }

    boolean isReplaceable() {
        return replaceable;
    }

    boolean passesDescriptors() {
        return passesDescriptors;
    }

    /** One for all that is started with it: all of that shares the heap. */
    MemoryShares memory() {
        if (memory == null) {
            memory = MemoryShares.forJvm(Runtime.getRuntime());
        }
        return memory;
    }

    WatchdogConfig config() {
        return config;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean writesLockFile() {
        return lockFile && config.lockFile();
    }

    ByteBufferPool buffers() {
        return buffers == null ? WatchdogServer.newBuffers() : buffers;
    }

    /** The log to write to, and whether the watchdog has to close it. */
    OwnedLog openLog() {
        return log == null ? new OwnedLog(WatchdogLog.toStandardStreams(config.log()), true) : new OwnedLog(log, false);
    }

    record OwnedLog(WatchdogLog log, boolean owned) {
        void close() {
            if (owned) {
                log.close();
            }
        }
    }
}
