package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.InsecureRegistryException;
import com.google.cloud.tools.jib.api.RegistryUnauthorizedException;
import com.google.cloud.tools.jib.registry.RegistryCredentialsNotSentException;
import com.google.cloud.tools.jib.registry.credentials.CredentialHelperNotFoundException;
import java.io.IOException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Explains failures of jib to the user. */
final class RegistryProblem {
    private RegistryProblem() {}

    /** Returns what went wrong, what may help, and the parameters of the image. It contains no credentials. */
    static String describe(Throwable failure, ImageSpecification specification) {
        String reason = reason(failure);
        String end = reason.endsWith(".") ? "" : ".";
        return "%s%s %sThe parameters are %s".formatted(reason, end, advice(failure), parameters(specification));
    }

    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof IOException ? failure.getClass().getSimpleName() + ": " + message : message;
    }

    private static String advice(Throwable failure) {
        if (is(failure, RegistryCredentialsNotSentException.class)) {
            return "Set -DsendCredentialsOverHttp=true to send the password without encryption. ";
        }
        if (is(failure, RegistryUnauthorizedException.class)) {
            return "Put the user's name and password into settings.xml, as a <server> whose <id> is the registry's host and port, or run"
                    + " docker login, or set watchdog.image.credentialHelper. ";
        }
        if (is(failure, InsecureRegistryException.class) || is(failure, SSLException.class)) {
            return "Set watchdog.image.allowInsecureRegistries=true to permit plain HTTP and unverified certificates. ";
        }
        if (is(failure, CredentialHelperNotFoundException.class)) {
            return "Set watchdog.image.credentialHelper to the NAME of a program docker-credential-NAME that is installed. ";
        }
        return "";
    }

    private static boolean is(Throwable failure, Class<? extends Throwable> type) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(type::isInstance);
    }

    private static String parameters(ImageSpecification specification) {
        return "watchdog.image.from=\"%s\" and watchdog.image.to=\"%s\""
                .formatted(specification.from(), specification.to());
    }
}
