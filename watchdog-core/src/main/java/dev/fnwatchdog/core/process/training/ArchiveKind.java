package dev.fnwatchdog.core.process.training;

import java.util.List;

/** How a version of Java keeps classes from one startup to the next. */
public enum ArchiveKind {
    /** A dynamic AppCDS archive on top of the JDK's own. */
    APP_CDS("jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile="),
    /** An AOT cache, in which the classes are linked as well. */
    AOT_CACHE("aot", "-XX:AOTCacheOutput=", "-XX:AOTCache=");

    // The first version that makes a cache in one step.
    private static final int AOT_SINCE = 25;

    private final String extension;
    private final String make;
    private final String use;

    ArchiveKind(String extension, String make, String use) {
        this.extension = extension;
        this.make = make;
        this.use = use;
    }

    /** Returns the kind of a feature version of Java, such as 17. */
    public static ArchiveKind of(int feature) {
        return feature >= AOT_SINCE ? AOT_CACHE : APP_CDS;
    }

    /** Returns the usual end of a file's name, without the dot. */
    public String extension() {
        return extension;
    }

    /** Returns the options with which the JVM writes the archive when it ends. */
    public List<String> makeOptions(String file) {
        String write = make + file;
        return switch (this) {
            case APP_CDS -> List.of(write);
            // Without profiles of the few requests, because at each startup the JVM would compile by them what has run
            // once.
            case AOT_CACHE -> List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", write);
        };
    }

    /** Returns the option with which the JVM uses the archive. */
    public String useOption(String file) {
        return use + file;
    }
}
