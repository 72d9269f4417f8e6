package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.InsecureRegistryException;
import com.google.cloud.tools.jib.api.RegistryUnauthorizedException;
import com.google.cloud.tools.jib.registry.RegistryCredentialsNotSentException;
import com.google.cloud.tools.jib.registry.credentials.CredentialHelperNotFoundException;
import java.io.IOException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What a user can do about a failure of jib's. */
final class RegistryProblem {
    private RegistryProblem() {}

    /** What went wrong, in which order, and what may help. No credential is in it. */
    static String describe(Throwable failure, ImageSpecification order) {
        String reason = reason(failure);
        String end = reason.endsWith(".") ? "" : ".";
        return "%s%s %sIt was asked for %s".formatted(reason, end, advice(failure), asked(order));
    }

    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof IOException ? failure.getClass().getSimpleName() + ": " + message : message;
    }

    private static String advice(Throwable failure) {
        if (is(failure, RegistryCredentialsNotSentException.class)) {
            return "Set -DsendCredentialsOverHttp=true if anybody on the way may read the password. ";
        }
        if (is(failure, RegistryUnauthorizedException.class)) {
            return "Put the user's name and password into settings.xml, as a <server> whose <id> is the registry's host and port, or run"
                    + " docker login, or set watchdog.image.credentialHelper. ";
        }
        if (is(failure, InsecureRegistryException.class) || is(failure, SSLException.class)) {
            return "Set watchdog.image.allowInsecureRegistries=true if plain HTTP, or a certificate that nobody has signed, is good"
                    + " enough. ";
        }
        if (is(failure, CredentialHelperNotFoundException.class)) {
            return "Set watchdog.image.credentialHelper to the NAME of a program docker-credential-NAME that is installed. ";
        }
        return "";
    }

    private static boolean is(Throwable failure, Class<? extends Throwable> type) {
        return Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .anyMatch(type::isInstance);
    }

    private static String asked(ImageSpecification order) {
        return "watchdog.image.from=\"%s\" and watchdog.image.to=\"%s\"".formatted(order.from(), order.to());
    }
}
