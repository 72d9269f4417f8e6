package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.inproc.servlet.FormTooLargeException;
import dev.fnwatchdog.undertow.internal.inproc.servlet.MultipartForm;
import io.undertow.server.RequestTooBigException;
import io.undertow.server.handlers.form.MultiPartParserDefinition;
import io.undertow.util.MalformedMessageException;
import io.undertow.util.ParameterLimitException;
import io.undertow.util.StatusCodes;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The response to a request that a handler could not read, which is the client's fault and not the handler's (specification
 * 5.16).
 *
 * @param status a 4xx
 * @param reason one line
 */
record RequestRefusal(int status, String reason) {
    private static final int MAX_CAUSES = 10;

    /** What the parser itself calls; the JDK checks bounds in a package of its own. */
    private static final Pattern CALLED_BY_PARSER =
            Pattern.compile("java\\.|jdk\\.internal\\.|io\\.undertow\\.util\\.");

    /** Returns the refusal that fits a handler's failure, whatever wraps it; empty where the handler itself has failed. */
    static Optional<RequestRefusal> of(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (cause instanceof FormTooLargeException form) {
                return Optional.of(
                        new RequestRefusal(StatusCodes.REQUEST_ENTITY_TOO_LARGE, String.valueOf(form.getMessage())));
            }
            if (cause instanceof RequestTooBigException) {
                return Optional.of(new RequestRefusal(
                        StatusCodes.REQUEST_ENTITY_TOO_LARGE, "the body is larger than the function accepts"));
            }
            if (cause instanceof MultiPartParserDefinition.FileTooLargeException) {
                return Optional.of(new RequestRefusal(StatusCodes.REQUEST_ENTITY_TOO_LARGE, "a file is too large"));
            }
            if (cause instanceof ParameterLimitException) {
                return Optional.of(new RequestRefusal(
                        StatusCodes.REQUEST_ENTITY_TOO_LARGE,
                        "more than %d form fields".formatted(InprocConnection.MAX_FORM_FIELDS)));
            }
            if (cause instanceof MalformedMessageException) {
                return Optional.of(new RequestRefusal(StatusCodes.BAD_REQUEST, "the multipart body is malformed"));
            }
            cause = cause.getCause();
        }
        return isParserFailure(failure)
                ? Optional.of(new RequestRefusal(StatusCodes.BAD_REQUEST, "the multipart body is malformed"))
                : Optional.empty();
    }

    /**
     * Returns whether the parser of multipart bodies has thrown it, or a cause of it. For a body without its end, base64 that
     * cannot be decoded, an unknown charset or an empty boundary, it throws exceptions of no type of their own.
     */
    private static boolean isParserFailure(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (Arrays.stream(cause.getStackTrace())
                    .map(StackTraceElement::getClassName)
                    .filter(name -> !CALLED_BY_PARSER.matcher(name).lookingAt())
                    .findFirst()
                    .filter(name -> name.startsWith(MultipartForm.class.getName()))
                    .isPresent()) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
