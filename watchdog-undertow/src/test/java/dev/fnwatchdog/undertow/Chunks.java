package dev.fnwatchdog.undertow;

import java.util.List;

/** What a chunked body holds. */
final class Chunks {
    private Chunks() {}

    /** The data of a whole body. */
    static String data(String chunked) {
        StringBuilder data = new StringBuilder();
        int at = 0;
        for (int size = sizeAt(chunked, at); size > 0; size = sizeAt(chunked, at)) {
            int from = chunked.indexOf("\r\n", at) + 2;
            data.append(chunked, from, from + size);
            at = from + size + 2;
        }
        return data.toString();
    }

    /** The lines behind the last chunk. */
    static List<String> trailers(String chunked) {
        int at = 0;
        for (int size = sizeAt(chunked, at); size > 0; size = sizeAt(chunked, at)) {
            at = chunked.indexOf("\r\n", at) + 2 + size + 2;
        }
        String end = chunked.substring(chunked.indexOf("\r\n", at) + 2);
        if (!end.endsWith("\r\n")) {
            throw new AssertionError("not a whole body: " + chunked);
        }
        return end.lines().filter(line -> !line.isEmpty()).toList();
    }

    private static int sizeAt(String chunked, int at) {
        return Integer.parseInt(chunked.substring(at, chunked.indexOf("\r\n", at)), 16);
    }
}
