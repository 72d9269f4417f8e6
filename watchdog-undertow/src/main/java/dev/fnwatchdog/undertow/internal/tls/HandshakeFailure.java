package dev.fnwatchdog.undertow.internal.tls;

import java.io.EOFException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;

/** The reasons why a handshake fails, as a log line names them together with what to do. Threads: any. */
final class HandshakeFailure {
    private static final int MOST_CAUSES = 20;

    private HandshakeFailure() {}

    /** Returns a text that continues "the function cannot be reached: ". */
    static String describe(Throwable failure, String host) {
        List<Throwable> causes = causes(failure);
        String last = String.valueOf(causes.get(causes.size() - 1).getMessage());
        if (contains(causes, CertificateExpiredException.class)
                || contains(causes, CertificateNotYetValidException.class)) {
            return "its certificate is not valid at this time (%s); renew it".formatted(last);
        }
        if (contains(causes, CertPathBuilderException.class)) {
            return "its certificate is not signed by a trusted authority; name the authority's certificate in %s or %s"
                    .formatted(TrustedCertificates.FILE, TrustedCertificates.FOLDERS);
        }
        if (contains(causes, CertificateException.class) || contains(causes, CertPathValidatorException.class)) {
            return "its certificate cannot be used for %s (%s); check it, http_upstream_url and %s"
                    .formatted(host, last, TrustedCertificates.FILE);
        }
        if (contains(causes, EOFException.class)) {
            return "it closed the connection in the TLS handshake";
        }
        return "the TLS handshake failed (%s)".formatted(last);
    }

    private static List<Throwable> causes(Throwable failure) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && causes.size() < MOST_CAUSES; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static boolean contains(List<Throwable> causes, Class<? extends Throwable> type) {
        return causes.stream().anyMatch(type::isInstance);
    }
}
