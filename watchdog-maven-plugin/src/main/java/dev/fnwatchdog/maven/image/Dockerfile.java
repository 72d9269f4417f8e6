package dev.fnwatchdog.maven.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a Dockerfile that copies exploded layers onto a base image. */
public final class Dockerfile {
    private Dockerfile() {}

    public static void write(FunctionImage image, String base, Path file) throws IOException {
        Files.writeString(file, text(image, base));
    }

    static String text(FunctionImage image, String base) {
        StringBuilder text = new StringBuilder("# Made by watchdog:layer\nFROM ")
                .append(base)
                .append('\n');
        image.layers()
                .forEach(layer -> text.append("COPY ").append(layer.name()).append("/ /\n"));
        image.environment()
                .forEach((name, value) -> text.append("ENV ")
                        .append(name)
                        .append("=\"")
                        .append(escaped(value))
                        .append("\"\n"));
        text.append("WORKDIR ").append(FunctionFiles.HOME).append('\n');
        text.append("USER ").append(image.user()).append('\n');
        image.ports().forEach(port -> text.append("EXPOSE ").append(port).append('\n'));
        text.append("HEALTHCHECK --interval=10s --timeout=5s CMD ")
                .append(array(image.healthcheck()))
                .append('\n');
        text.append("STOPSIGNAL ").append(FunctionImage.STOP_SIGNAL).append('\n');
        return text.append("ENTRYPOINT ")
                .append(array(image.entrypoint()))
                .append('\n')
                .toString();
    }

    private static String array(List<String> words) {
        return words.stream()
                .map(word -> '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$");
    }
}
