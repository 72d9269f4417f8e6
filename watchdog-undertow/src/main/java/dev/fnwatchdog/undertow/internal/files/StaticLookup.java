package dev.fnwatchdog.undertow.internal.files;

/** What stands at a path. */
sealed interface StaticLookup permits StaticFile, StaticLookup.Folder, StaticLookup.Refused {
    /** A folder that was asked for without its slash. */
    record Folder() implements StaticLookup {}

    /** Nothing that can be served, and the status that says why. */
    record Refused(int status) implements StaticLookup {}
}
