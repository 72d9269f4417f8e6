package dev.fnwatchdog.maven.image.archive;

import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.base.JavaHome;
import java.util.List;

/** How a version of Java keeps classes from one startup to the next. */
enum ArchiveKind {
    /** A dynamic AppCDS archive on top of the JDK's own. */
    APP_CDS("watchdog.jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile="),
    /** An AOT cache, in which the classes are linked as well. */
    AOT_CACHE("watchdog.aot", "-XX:AOTCacheOutput=", "-XX:AOTCache=");

    // The first version that makes a cache in one step.
    private static final int AOT_SINCE = 25;

    private final String fileName;
    private final String make;
    private final String use;

    ArchiveKind(String fileName, String make, String use) {
        this.fileName = fileName;
        this.make = make;
        this.use = use;
    }

    static ArchiveKind of(JavaHome java) {
        return java.feature() >= AOT_SINCE ? AOT_CACHE : APP_CDS;
    }

    String path() {
        return FunctionFiles.WATCHDOG_HOME + "/" + fileName;
    }

    String fileName() {
        return fileName;
    }

    /** Returns the options with which the JVM writes the archive when it ends. */
    List<String> makeOptions(String file) {
        String write = make + file;
        return switch (this) {
            case APP_CDS -> List.of(write);
            // Without profiles of the few requests, because at each startup the JVM would compile by them what has run
            // once.
            case AOT_CACHE -> List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", write);
        };
    }

    String useOption() {
        return use + path();
    }
}
