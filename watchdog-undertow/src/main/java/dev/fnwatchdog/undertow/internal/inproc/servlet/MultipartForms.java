package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.form.FormDataParser;
import io.undertow.server.handlers.form.FormParserFactory;
import io.undertow.server.handlers.form.MultiPartParserDefinition;
import io.undertow.servlet.core.ManagedServlet;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.util.Headers;
import jakarta.servlet.MultipartConfigElement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Creates the parser of a form of {@code multipart/form-data} in place of the container's (specification 5.16).
 *
 * @param temporary for files of a servlet that names no folder
 */
record MultipartForms(ServletHooks hooks, Path temporary) {
    /** Returns whether a body is such a form. */
    static boolean isForm(@Nullable String type) {
        return type != null && type.startsWith(MultiPartParserDefinition.MULTIPART_FORM_DATA);
    }

    /**
     * Sets the parser of an exchange, which the container then finds; without effect where it has one, and where the servlet that
     * is called now takes no such form.
     */
    void prepare(HttpServerExchange exchange) {
        ManagedServlet servlet = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                .getCurrentServlet()
                .getManagedServlet();
        MultipartConfigElement config = servlet.getMultipartConfig();
        if (config != null) {
            String encoding = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY)
                    .getDeployment()
                    .getDefaultRequestCharset()
                    .name();
            FormParserFactory.builder(false)
                    .addParser(new Definition(MultipartLimits.of(config, temporary), encoding))
                    .build()
                    .createParser(exchange);
        }
    }

    private final class Definition implements FormParserFactory.ParserDefinition<Definition> {
        private final MultipartLimits limits;
        private final String encoding;

        Definition(MultipartLimits limits, String encoding) {
            this.limits = limits;
            this.encoding = encoding;
        }

        @Override
        public @Nullable FormDataParser create(HttpServerExchange exchange) {
            String boundary = Headers.extractQuotedValueFromHeader(
                    exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE), "boundary");
            if (boundary == null) {
                return null;
            }
            MultipartForm form = new MultipartForm(exchange, boundary, encoding, limits, hooks.partsRead(exchange));
            exchange.addExchangeCompleteListener((completed, next) -> deleteFiles(completed, form, next));
            return form;
        }

        @Override
        public Definition setDefaultEncoding(String charset) {
            return new Definition(limits, charset);
        }
    }

    /** Deletes the files on a thread that may block. */
    private void deleteFiles(
            HttpServerExchange exchange, MultipartForm form, ExchangeCompletionListener.NextListener next) {
        try {
            if (form.hasFiles()) {
                exchange.getConnection().getWorker().execute(() -> close(form));
            }
        } catch (RejectedExecutionException stopped) {
            close(form);
        } finally {
            next.proceed();
        }
    }

    private void close(MultipartForm form) {
        try {
            form.close();
        } catch (IOException e) {
            hooks.warn("The files of a form cannot be deleted: " + e);
        }
    }
}
