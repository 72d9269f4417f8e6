package dev.fnwatchdog.undertow.internal.devpage;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A page without resources of others. Its content security policy permits its own script and style by their hashes and nothing
 * else, so that text which would break out of its escaping could not run (specification 13.5).
 *
 * @param title also its heading
 * @param content markup, in which text is escaped
 */
record Page(String title, Html content) {
    private static final String STYLE = """
            body{font:16px/1.5 sans-serif;margin:2em;color:#222;background:#fff}
            pre{padding:1em;background:#f4f4f4;overflow:auto}
            table{border-collapse:collapse}
            td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:left;vertical-align:top;overflow-wrap:anywhere}
            """;

    /** Reloads the page once the function has another state, which the element of the script names. */
    private static final String SCRIPT = """
            const state = document.currentScript.dataset.state;
            function poll() {
              fetch('%s?' + state, {cache: 'no-store'}).then(response => {
                if (response.status === 200) location.reload();
                else if (response.status === 204) poll();
                // Too many wait, or the watchdog stops, perhaps to start again with other settings.
                else if (response.status === 503) setTimeout(poll, 1000);
              }, () => setTimeout(poll, 1000));
            }
            poll();
            """.formatted(LocalRoutes.CHANGES);

    private static final String POLICY =
            "default-src 'none'; connect-src 'self'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                    .formatted(hash(SCRIPT), hash(STYLE));

    private static String hash(String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(source.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Returns the same page, reloading itself once the state of the function is not the one with {@code token} any more. */
    Page reloading(String token) {
        Html more = new Html().raw(content.toString());
        more.raw("<script data-state=\"").text(token).raw("\">" + SCRIPT + "</script>\n");
        return new Page(title, more);
    }

    CannedResponse response(int status) {
        return CannedResponse.ofWatchdog(status)
                .with(Headers.CACHE_CONTROL, "no-store")
                .with(new HttpString("Content-Security-Policy"), POLICY)
                .with(new HttpString("X-Content-Type-Options"), "nosniff")
                .with(new HttpString("Cross-Origin-Resource-Policy"), "same-origin")
                .with(new HttpString("Referrer-Policy"), "no-referrer")
                .withBody("text/html; charset=utf-8", html());
    }

    private String html() {
        Html page = new Html().raw("""
                <!DOCTYPE html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                """);
        page.element("title", title).raw("<style>" + STYLE + "</style>\n").element("h1", title);
        return page.raw(content.toString()).raw("</html>\n").toString();
    }
}
