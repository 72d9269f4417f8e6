package dev.fnwatchdog.undertow;

/** Reads the watchdog's version from the manifest of its jar. */
final class WatchdogVersion {
    private WatchdogVersion() {}

    static String text() {
        String version = WatchdogVersion.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
