import io.undertow.Undertow;

/** The least that a server on Undertow takes: every request gets the same response. */
final class BareUndertow {

    private BareUndertow() {}

    public static void main(String[] args) {
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1")
                .setHandler(exchange -> exchange.getResponseSender().send("ok\n"))
                .build()
                .start();
    }
}
