package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another reverse proxy in front of the same function, to compare with. */
final class ReferenceProxy implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String name;
    private final int port;
    private final Process process;

    private ReferenceProxy(String name, int port, Process process) {
        this.name = name;
        this.port = port;
        this.process = process;
    }

    static ReferenceProxy nginx(Path folder, int upstreamPort) throws IOException {
        int port = FreePort.any();
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%2$d;
                        client_max_body_size 0;
                        large_client_header_buffers 8 128k;
                        location / {
                            proxy_pass http://127.0.0.1:%3$d;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_set_header Host $http_host;
                            proxy_request_buffering off;
                            proxy_next_upstream off;
                        }
                    }
                }
                """.formatted(folder, port, upstreamPort));
        return start(folder, "nginx", port, "-c", config.toString(), "-e", folder + "/nginx.log");
    }

    static ReferenceProxy haproxy(Path folder, int upstreamPort) throws IOException {
        int port = FreePort.any();
        Path config = Files.writeString(folder.resolve("haproxy.cfg"), """
                global
                    tune.bufsize 131072
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 10s
                    timeout server 10s
                frontend front
                    bind 127.0.0.1:%d
                    default_backend back
                backend back
                    server function 127.0.0.1:%d
                """.formatted(port, upstreamPort));
        return start(folder, "haproxy", port, "-db", "-f", config.toString());
    }

    private static ReferenceProxy start(Path folder, String name, int port, String... arguments) throws IOException {
        Path program = RequiredProgram.require(name, "the watchdog is not compared with it");
        ProcessBuilder command = new ProcessBuilder(program.toString());
        command.command().addAll(List.of(arguments));
        Process process = command.redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .start();
        ReferenceProxy proxy = new ReferenceProxy(name, port, process);
        try {
            Poll.until(PATIENCE, proxy::listens);
            return proxy;
        } catch (AssertionError silent) {
            proxy.close();
            throw new IllegalStateException(Files.readString(folder.resolve(name + ".out")), silent);
        }
    }

    private boolean listens() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
