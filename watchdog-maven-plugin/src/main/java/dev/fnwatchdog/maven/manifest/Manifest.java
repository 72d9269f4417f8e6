package dev.fnwatchdog.maven.manifest;

import java.util.List;

/** A file that deploys a function. */
interface Manifest {
    /** Returns the file's content, one or more YAML documents. */
    List<Fields> documents();

    /** Returns one line for each thing that the user has to know of this orchestrator. */
    default List<String> notes() {
        return List.of();
    }
}
