import io.undertow.Undertow;

/** A short server on Undertow, to compare its startup: every request gets the same response. */
public final class BareUndertow {
    private BareUndertow() {}

    public static void main(String[] arguments) {
        Undertow.builder()
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1")
                .setHandler(exchange -> exchange.getResponseSender().send("ok\n"))
                .build()
                .start();
    }
}
