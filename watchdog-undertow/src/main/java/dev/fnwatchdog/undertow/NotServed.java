package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.ArrayList;
import java.util.List;

/** Settings that are read and checked, and that this version does not act upon: nobody must believe that it does. */
final class NotServed {
    private NotServed() {}

    /** Refuses what would leave a function open that was meant to be guarded. */
    static void refuse(WatchdogConfig config) {
        if (config.jwtAuth()) {
            throw new InvalidConfigException("jwt_auth", "true", "false: this version checks no tokens");
        }
    }

    /** One line for each of the others that is set. */
    static List<String> warnings(WatchdogConfig config) {
        List<String> warnings = new ArrayList<>();
        if (config.log().requestBodies()) {
            warnings.add("read_debug has no effect: this version prints no bodies");
        }
        if (config.log().responseBodies()) {
            warnings.add("write_debug has no effect: this version prints no bodies");
        }
        return warnings;
    }
}
