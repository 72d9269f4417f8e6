/** The watchdog's domain: no web server, no Maven. */
module dev.fnwatchdog.core {
    requires static transitive org.jspecify;

    exports dev.fnwatchdog.core.config;
    exports dev.fnwatchdog.core.log;
    exports dev.fnwatchdog.core.process;
    exports dev.fnwatchdog.core.request;
}
