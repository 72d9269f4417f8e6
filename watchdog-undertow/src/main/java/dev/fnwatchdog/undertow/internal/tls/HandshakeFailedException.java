package dev.fnwatchdog.undertow.internal.tls;

import java.io.EOFException;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TLS handshake that did not succeed, in place of a connection; the message continues "the function cannot be reached: ". */
public final class HandshakeFailedException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_CAUSES = 20;

    HandshakeFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Creates the exception of a failure, with a message that says what to do. */
    static HandshakeFailedException of(Throwable failure, String host) {
        return new HandshakeFailedException(describe(failure, host), failure);
    }

    private static String describe(Throwable failure, String host) {
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
