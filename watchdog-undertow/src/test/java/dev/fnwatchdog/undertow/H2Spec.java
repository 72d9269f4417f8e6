package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The conformance suite h2spec, built once with Go from the versions that {@code src/test/h2spec} pins. */
final class H2Spec {
    private static final String MODULE = "github.com/summerwind/h2spec/cmd/h2spec";
    private static final Path SOURCES = Path.of("src", "test", "h2spec").toAbsolutePath();
    private static final Path PROGRAM = Path.of("target", "h2spec").toAbsolutePath();
    private static final int BUILD_MINUTES = 5;
    private static final int RUN_MINUTES = 3;

    private H2Spec() {}

    /** One case: its section and description, and what is wrong, which is empty where it passed. */
    record Case(String name, String fault) {
        @Override
        public String toString() {
            return name + ": " + fault;
        }
    }

    /**
     * Runs cases strictly against a port of this machine.
     *
     * @param report where h2spec writes its report
     * @param sections those to run, such as {@code http2/6.10}; all of them if there are none
     */
    static List<Case> run(int port, Path report, String... sections) throws IOException {
        List<String> command = new ArrayList<>(List.of(built().toString()));
        command.addAll(List.of(sections));
        command.addAll(List.of("-S", "-h", "127.0.0.1", "-p", Integer.toString(port), "-j", report.toString()));
        // It exits with 1 where a case fails: the report says which.
        execute(new ProcessBuilder(command), report.resolveSibling("h2spec.log"), RUN_MINUTES);
        return cases(report);
    }

    private static synchronized Path built() throws IOException {
        RequiredProgram.require("go", "h2spec is not run");
        if (!Files.exists(PROGRAM)) {
            Path printed = Files.createDirectories(PROGRAM.getParent()).resolve("h2spec-build.log");
            ProcessBuilder go = new ProcessBuilder("go", "build", "-o", PROGRAM.toString(), MODULE);
            if (execute(go.directory(SOURCES.toFile()), printed, BUILD_MINUTES) != 0) {
                throw new IllegalStateException("go build failed: " + Files.readString(printed));
            }
        }
        return PROGRAM;
    }

    private static int execute(ProcessBuilder command, Path printed, int minutes) throws IOException {
        Process process = command.redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                throw new IllegalStateException(command.command() + " runs for too long: " + Files.readString(printed));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(command.command() + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<Case> cases(Path report) throws IOException {
        try {
            NodeList cases = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
            return IntStream.range(0, cases.getLength())
                    .mapToObj(i -> toCase((Element) cases.item(i)))
                    .toList();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        } catch (SAXException e) {
            throw new UncheckedIOException(new IOException("h2spec's report cannot be read", e));
        }
    }

    private static Case toCase(Element element) {
        String name = element.getAttribute("package") + " " + element.getAttribute("classname");
        Element inside = (Element) element.getElementsByTagName("*").item(0);
        return new Case(name, inside == null ? "" : (inside.getTagName() + " " + inside.getTextContent()).strip());
    }
}
