package dev.fnwatchdog.undertow.internal.tls;

import dev.fnwatchdog.core.config.InvalidConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that an {@code https://} upstream may be signed by: those of the JVM, and those that {@code SSL_CERT_FILE}
 * and {@code SSL_CERT_DIR} name (specification 1.13).
 *
 * <p>Threads: one; reads files.
 */
final class TrustedCertificates {
    static final String FILE = "SSL_CERT_FILE";
    static final String FOLDERS = "SSL_CERT_DIR";

    private static final String FILE_EXPECTED = "a file of certificates in PEM";
    private static final String FOLDERS_EXPECTED = "folders of certificate files in PEM, separated by :";

    /** What the other files of a folder do not contain, for example keys. */
    private static final String PEM_CERTIFICATE = "-----BEGIN CERTIFICATE-----";

    private final Map<String, String> environment;
    private final List<Certificate> added = new ArrayList<>();

    private TrustedCertificates(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Returns a context for clients that trusts them.
     *
     * @throws InvalidConfigException where a variable names something that cannot be read or has no certificate
     */
    static SSLContext clientContext(Map<String, String> environment) {
        TrustedCertificates certificates = new TrustedCertificates(environment);
        certificates.addFile();
        certificates.addFolders();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, certificates.trustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the trusted certificates of the JVM cannot be used", e);
        }
    }

    private void addFile() {
        String file = environment.getOrDefault(FILE, "");
        if (!file.isEmpty()) {
            try {
                Collection<? extends Certificate> found = parse(Files.readAllBytes(Path.of(file)));
                if (found.isEmpty()) {
                    throw refusal(FILE, FILE_EXPECTED, "it contains no certificate");
                }
                added.addAll(found);
            } catch (IOException | InvalidPathException | CertificateException e) {
                throw refusal(FILE, FILE_EXPECTED, reason(e));
            }
        }
    }

    private void addFolders() {
        String folders = environment.getOrDefault(FOLDERS, "");
        Arrays.stream(folders.split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .forEach(this::addFolder);
    }

    private void addFolder(String folder) {
        int before = added.size();
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                addIfCertificates(file);
            }
        } catch (IOException | InvalidPathException e) {
            throw refusal(FOLDERS, FOLDERS_EXPECTED, reason(e));
        }
        if (added.size() == before) {
            throw refusal(FOLDERS, FOLDERS_EXPECTED, folder + " contains no certificate");
        }
    }

    private void addIfCertificates(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (new String(bytes, StandardCharsets.ISO_8859_1).contains(PEM_CERTIFICATE)) {
            try {
                added.addAll(parse(bytes));
            } catch (CertificateException e) {
                throw refusal(FOLDERS, FOLDERS_EXPECTED, file + ": " + reason(e));
            }
        }
    }

    private static Collection<? extends Certificate> parse(byte[] pem) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    }

    private static String reason(Exception failure) {
        return failure instanceof NoSuchFileException absent
                ? absent.getFile() + " does not exist"
                : String.valueOf(failure.getMessage());
    }

    private InvalidConfigException refusal(String variable, String expected, String reason) {
        return new InvalidConfigException(
                variable, environment.getOrDefault(variable, ""), "%s (%s)".formatted(expected, reason));
    }

    private TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
        TrustManager[] ofJvm = trustManagers(null);
        if (added.isEmpty()) {
            return ofJvm;
        }
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        for (TrustManager manager : ofJvm) {
            if (manager instanceof X509TrustManager certificates) {
                add(all, Arrays.asList(certificates.getAcceptedIssuers()));
            }
        }
        add(all, added);
        return trustManagers(all);
    }

    private static TrustManager[] trustManagers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static void add(KeyStore store, List<? extends Certificate> certificates) throws KeyStoreException {
        for (Certificate certificate : certificates) {
            store.setCertificateEntry(Integer.toString(store.size()), certificate);
        }
    }
}
