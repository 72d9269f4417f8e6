package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;

/** Settings that are read and checked, and that this version does not act upon: nobody must believe that it does. */
final class NotServed {
    private NotServed() {}

    /** Refuses what would leave a function open that was meant to be guarded. */
    static void refuse(WatchdogConfig config) {
        if (config.jwtAuth()) {
            throw new InvalidConfigException("jwt_auth", "true", "false: this version checks no tokens");
        }
    }
}
