import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts the watchdog in http mode, sends it a few requests and stops it, so that its JVM can write an archive of the
 * classes that it has loaded. Run it with {@code java Training.java FOLDER COMMAND...}: a folder for the lock file, and
 * the command that starts the watchdog.
 */
public final class Training {
    private static final long TIMEOUT_SECONDS = 120;
    private static final Pattern PORT = Pattern.compile(" Listening on port: ([0-9]+)");
    private static final String STARTED = "Writing lock-file to";

    private Training() {}

    public static void main(String[] arguments) throws Exception {
        List<String> command = List.of(arguments).subList(1, arguments.length);
        HttpServer function = function();
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
            builder.environment()
                    .putAll(Map.of(
                            "mode", "http",
                            "fprocess", "sleep 600",
                            "http_upstream_url",
                                    "http://127.0.0.1:" + function.getAddress().getPort(),
                            "port", "0",
                            "metrics_port", "0",
                            "healthcheck_interval", "0s",
                            "write_timeout", "5s",
                            "LANG", "C.UTF-8",
                            "TMPDIR", Path.of(arguments[0]).toString()));
            train(builder.start());
        } finally {
            function.stop(0);
        }
    }

    /** Takes the place of the function's server. */
    private static HttpServer function() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("trained\n".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void train(Process watchdog) throws Exception {
        CompletableFuture.delayedExecutor(TIMEOUT_SECONDS, TimeUnit.SECONDS).execute(watchdog::destroyForcibly);
        try (BufferedReader log = watchdog.inputReader(StandardCharsets.UTF_8)) {
            int port = awaitStart(log);
            HttpClient client = HttpClient.newHttpClient();
            for (String path : List.of("/", "/", "/_/health", "/_/ready")) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                int status = client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (status != 200) {
                    throw new IOException("GET " + path + " is " + status);
                }
            }
            // Not Process.destroy, which closes the pipe under the reader.
            watchdog.toHandle().destroy();
            log.lines().forEach(System.out::println);
            int status = watchdog.waitFor();
            if (status != 0) {
                throw new IOException("the watchdog has ended with " + status);
            }
        } finally {
            watchdog.descendants().forEach(ProcessHandle::destroyForcibly);
            watchdog.destroyForcibly();
        }
    }

    private static int awaitStart(BufferedReader log) throws IOException {
        int port = 0;
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            System.out.println(line);
            Matcher listening = PORT.matcher(line);
            if (port == 0 && listening.find()) {
                port = Integer.parseInt(listening.group(1));
            }
            if (port != 0 && line.contains(STARTED)) {
                return port;
            }
        }
        throw new IOException("the watchdog has not started");
    }
}
