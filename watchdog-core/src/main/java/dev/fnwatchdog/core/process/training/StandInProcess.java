package dev.fnwatchdog.core.process.training;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The program in place of a function process during training: it copies its input to its output, and ends with its input.
 * In http mode there is no input, and it waits until the watchdog stops it. It is a class of the jar, because the image of
 * a function may have no other program than Java.
 */
public final class StandInProcess {
    private static final String CGI = "--cgi";
    private static final String CGI_HEAD = "Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    // The least that a JVM needs to start quickly, and to leave memory to the others.
    private static final List<String> SMALL_JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m");

    private StandInProcess() {}

    /** Copies; with {@code --cgi} the response fields of {@code cgi_response} come first. */
    public static void main(String[] arguments) throws IOException {
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            if (List.of(arguments).contains(CGI)) {
                out.write(CGI_HEAD.getBytes(StandardCharsets.US_ASCII));
            }
            System.in.transferTo(out);
        }
    }

    /**
     * Returns the command that runs it, as {@code fprocess} has it.
     *
     * @param classPath with this class
     */
    static String command(Path java, String classPath, boolean cgi) {
        List<String> words = new ArrayList<>(List.of(java.toString()));
        words.addAll(SMALL_JVM);
        words.addAll(List.of("-cp", classPath, StandInProcess.class.getName()));
        if (cgi) {
            words.add(CGI);
        }
        return words.stream().map(StandInProcess::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
