package dev.fnwatchdog.maven.image.registry;

import com.google.cloud.tools.jib.api.ImageReference;
import dev.fnwatchdog.maven.image.ImageLocation;
import dev.fnwatchdog.maven.image.ImageSpecification;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Checks that the registries of an image can be reached, before anything is built: jib repeats each failed request for
 * a minute, and warns each time.
 *
 * <p>Threads: one of its own for each registry, which ends with its attempt; looking up a name cannot be interrupted.
 *
 * @param insecure whether plain HTTP will do
 * @param timeout for all registries together
 */
public record RegistryReachability(boolean insecure, Duration timeout) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    /**
     * Connects to the registries of base and target, or to the proxies that lead to them.
     *
     * @throws IOException naming the first registry that cannot be reached, and what to check
     */
    public void check(ImageSpecification specification) throws IOException, InterruptedException {
        Map<String, CompletableFuture<Void>> attempts = new LinkedHashMap<>();
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : List.of("watchdog.image.from", "watchdog.image.to")) {
            ImageLocation location = parameter.endsWith("to") ? specification.to() : specification.from();
            if (location.is(ImageLocation.Kind.REGISTRY)) {
                ImageReference image = ImageSpecification.reference(parameter, location.value());
                if (location.equals(specification.to()) || image.getDigest().isEmpty()) {
                    parameters.putIfAbsent(image.getRegistry(), "%s=\"%s\"".formatted(parameter, location.value()));
                    attempts.computeIfAbsent(image.getRegistry(), this::begin);
                }
            }
        }
        long end = System.nanoTime() + timeout.toNanos();
        for (Map.Entry<String, CompletableFuture<Void>> attempt : attempts.entrySet()) {
            await(attempt.getKey(), parameters.getOrDefault(attempt.getKey(), ""), attempt.getValue(), end);
        }
    }

    private CompletableFuture<Void> begin(String registry) {
        CompletableFuture<Void> attempt = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        connect(registry);
                        attempt.complete(null);
                    } catch (IOException | IllegalArgumentException e) {
                        attempt.completeExceptionally(e);
                    }
                },
                "registry-" + registry);
        thread.setDaemon(true);
        thread.start();
        return attempt;
    }

    private void await(String registry, String parameter, CompletableFuture<Void> attempt, long end)
            throws IOException, InterruptedException {
        try {
            attempt.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw unreachable(registry, parameter, "no response within %d s".formatted(timeout.toSeconds()));
        } catch (ExecutionException e) {
            throw unreachable(
                    registry,
                    parameter,
                    e.getCause() instanceof UnknownHostException
                            ? "its name is unknown"
                            : String.valueOf(
                                    Objects.requireNonNullElse(e.getCause(), e).getMessage()));
        }
    }

    /** Has no cause, because Maven would print the reason again. */
    private static IOException unreachable(String registry, String parameter, String reason) {
        return new IOException("""
                the registry %s of %s cannot be reached: %s. Check its name and its port; a registry without a port is \
                asked on 443, and with watchdog.image.allowInsecureRegistries=true by plain HTTP on 80 as well""".formatted(registry, parameter, reason));
    }

    private void connect(String registry) throws IOException {
        List<URI> addresses = new ArrayList<>(List.of(URI.create("https://" + registry)));
        if (insecure && addresses.get(0).getPort() < 0) {
            addresses.add(URI.create("http://" + registry));
        }
        IOException failure = new IOException("it has no address");
        for (URI address : addresses) {
            for (Proxy proxy : ProxySelector.getDefault().select(address)) {
                try {
                    connect(address, proxy);
                    return;
                } catch (IOException e) {
                    e.addSuppressed(failure);
                    failure = e;
                }
            }
        }
        throw failure;
    }

    private void connect(URI registry, Proxy proxy) throws IOException {
        int usual = "https".equals(registry.getScheme()) ? HTTPS : HTTP;
        InetSocketAddress target = proxy.address() instanceof InetSocketAddress address
                ? new InetSocketAddress(address.getHostString(), address.getPort())
                : new InetSocketAddress(registry.getHost(), registry.getPort() < 0 ? usual : registry.getPort());
        if (target.isUnresolved()) {
            throw new UnknownHostException(target.getHostString());
        }
        try (Socket socket = new Socket()) {
            socket.connect(target, Math.toIntExact(timeout.toMillis()));
        }
    }
}
