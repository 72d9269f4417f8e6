package dev.fnwatchdog.core.process.training;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How this JVM was started, so that another one starts in the same way: an archive of classes fits those options only with
 * which it was made.
 *
 * @param options the options of the JVM, with those of its environment
 * @param classPath as it was given: Java 17 to 24 compare it with that in the archive
 * @param program the class or jar that the JVM runs, with its arguments, as {@code sun.java.command} has it
 * @param maxHeap in bytes
 */
public record RunningJvm(Path java, List<String> options, String classPath, String program, long maxHeap) {
    /** The variables whose options are among {@link #options} already. */
    public static final List<String> VARIABLES = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    /** Options that name an archive, or that two JVMs cannot have at the same time. */
    private static final List<String> LEFT_OUT = List.of(
            "-XX:SharedArchiveFile=",
            "-XX:ArchiveClassesAtExit=",
            "-XX:+AutoCreateSharedArchive",
            "-XX:-AutoCreateSharedArchive",
            "-XX:AOTCache=",
            "-XX:AOTCacheOutput=",
            "-XX:AOTConfiguration=",
            "-XX:AOTMode=",
            "-Xshare:",
            "-agentlib:jdwp",
            "-Xrunjdwp",
            "-Dcom.sun.management.jmxremote");

    // Pointers are longer in heaps of 32 GB and more, and an archive that was made with those does not fit others.
    private static final long LONG_POINTERS = 32L << 30;
    private static final String SHORT_POINTERS = "-Xmx31g";

    public RunningJvm {
        options = List.copyOf(options);
    }

    /** Describes this JVM. */
    public static RunningJvm current() {
        return new RunningJvm(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                System.getProperty("java.class.path"),
                System.getProperty("sun.java.command", ""),
                Runtime.getRuntime().maxMemory());
    }

    /**
     * Returns the command that runs {@code mainClass}, or the jar that this JVM runs, without arguments.
     *
     * @param more options of the JVM in addition
     */
    public List<String> command(List<String> more, String mainClass) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        options.stream()
                .filter(option -> LEFT_OUT.stream().noneMatch(option::startsWith))
                .forEach(command::add);
        if (maxHeap >= LONG_POINTERS && options.stream().noneMatch(RunningJvm::limitsHeap)) {
            command.add(SHORT_POINTERS);
        }
        command.addAll(more);
        command.addAll(runsJar() ? List.of("-jar", classPath) : List.of("-cp", classPath, mainClass));
        return command;
    }

    private static boolean limitsHeap(String option) {
        return option.startsWith("-Xmx") || option.startsWith("-XX:MaxHeapSize=");
    }

    private boolean runsJar() {
        return program.equals(classPath) || program.startsWith(classPath + " ");
    }
}
