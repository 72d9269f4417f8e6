/** The watchdog's domain: no web server, no Maven. */
module dev.fnwatchdog.core {
    requires static org.jspecify;
}
