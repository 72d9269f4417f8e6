package dev.fnwatchdog.undertow.benchmark;

/** Heads of JSON responses, byte for byte as these functions send them. */
public enum SampleResponseHead {
    /** Node: Express 5.3. */
    EXPRESS("HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nContent-Type: application/json; charset=utf-8\r\n"
            + "Content-Length: 24\r\nETag: W/\"18-TI5j2+3SrRn9qPG314NoLVsokV4\"\r\nDate: Sun, 22 Nov 2026 19:50:34 GMT\r\n"
            + "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"),
    /** Python: Flask 3.1 on Werkzeug's own server. */
    FLASK("HTTP/1.1 200 OK\r\nServer: Werkzeug/3.1.8 Python/3.11.7\r\nDate: Sun, 22 Nov 2026 19:50:28 GMT\r\n"
            + "Content-Type: application/json\r\nContent-Length: 25\r\nConnection: close\r\n\r\n");

    private final String text;

    SampleResponseHead(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
