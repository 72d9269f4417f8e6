package dev.fnwatchdog.undertow.internal.proxy;

/** Request heads, byte for byte as these clients send them. */
public enum SampleRequestHead {
    /** wrk 4.1. */
    WRK("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"),
    /** curl 7.88. */
    CURL("GET /greet?name=ada HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"),
    /** curl 7.88, with a token of 900 bytes. */
    CURL_TOKEN("GET /greet?name=ada HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
            + "Authorization: Bearer " + "eyJhbGciO".repeat(100) + "\r\n\r\n"),
    /** curl 7.88, with 14 bytes of JSON as its body. */
    CURL_POST(
            "POST /function/greet?lang=en HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 14\r\n\r\n");

    private final String text;

    SampleRequestHead(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
