package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the contents of the packaged fat jar. Proves specification 6.3. */
class FatJarIT {
    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(System.getProperty("watchdog.jar"));
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void theManifestNamesTheMainClassTheVersionAndTheOpenedPackages() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue("Main-Class")).isEqualTo("dev.fnwatchdog.undertow.Main");
        assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
        assertThat(manifest.getValue("Add-Exports")).isEqualTo("java.base/sun.nio.ch");
        assertThat(manifest.getValue("Add-Opens")).isEqualTo("java.base/java.lang java.base/sun.nio.ch");
        assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        assertThat(manifest.getValue("Implementation-Title")).isNotEmpty();
        assertThat(manifest.getValue("Implementation-Version")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.jsonwebtoken.CompressionCodec",
                "io.undertow.attribute.ExchangeAttributeBuilder",
                "io.undertow.client.ClientProvider",
                "io.undertow.predicate.PredicateBuilder",
                "io.undertow.protocols.alpn.ALPNProvider",
                "io.undertow.server.handlers.builder.HandlerBuilder",
                "org.xnio.XnioProvider"
            })
    void theServiceProvidersOfAllLibrariesAreMerged(String service) throws IOException {
        String entry = "META-INF/services/" + service;
        List<String> merged = read(entry).lines().toList();

        List<URL> unmerged = Collections.list(getClass().getClassLoader().getResources(entry));

        assertThat(unmerged).isNotEmpty().allSatisfy(url -> assertThat(merged).containsAll(providers(url)));
    }

    /** Proves specification 6.3,. */
    @Test
    void theLoggerProviderOfTheWatchdogIsTheOnlyOne() throws IOException {
        assertThat(read("META-INF/services/org.jboss.logging.LoggerProvider").strip())
                .isEqualTo(QuietLoggerProvider.class.getName());
    }

    @Test
    void theJarContainsNoModuleDescriptorIndexOrSignatureOfItsLibraries() {
        assertThat(jar.stream().map(ZipEntry::getName))
                .noneMatch(name -> name.endsWith("module-info.class"))
                .noneMatch(name -> name.matches("META-INF/(INDEX\\.LIST|.*\\.(SF|DSA|RSA))"));
    }

    @Test
    void theJarNamesTheLicenceOfEveryLibrary() throws IOException {
        List<String> groups = jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties"))
                .map(name -> name.split("/", -1)[2])
                .filter(group -> !group.equals("dev.fnwatchdog"))
                .distinct()
                .toList();
        List<String> named = read("META-INF/THIRD-PARTY.txt")
                .lines()
                .map(line -> line.strip().split(" ", -1)[0])
                .toList();

        assertThat(groups).isNotEmpty();
        assertThat(named).containsAll(groups);
        assertThat(read("META-INF/LICENSE")).startsWith("MIT License");
        assertThat(read("META-INF/LICENSE.txt")).contains("Apache License");
    }

    private String read(String entry) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> providers(URL url) {
        try (InputStream in = url.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
