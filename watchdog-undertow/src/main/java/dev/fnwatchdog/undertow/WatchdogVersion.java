package dev.fnwatchdog.undertow;

/** The watchdog's own version, from the manifest of the jar that it runs from. */
final class WatchdogVersion {
    private WatchdogVersion() {}

    static String text() {
        String version = WatchdogVersion.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
