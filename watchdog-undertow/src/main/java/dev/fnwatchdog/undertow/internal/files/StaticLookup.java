package dev.fnwatchdog.undertow.internal.files;

/** The result of looking up a path. */
sealed interface StaticLookup permits StaticFile, StaticLookup.Folder, StaticLookup.Refused {
    /** A folder whose path came without its final slash. */
    record Folder() implements StaticLookup {}

    /** Nothing that can be served; the status gives the reason. */
    record Refused(int status) implements StaticLookup {}
}
