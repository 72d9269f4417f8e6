package dev.fnwatchdog.undertow;

/** The watchdog's own version, from the manifest of the jar that it runs from. */
final class Version {
    private Version() {}

    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }
}
