package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.MimeMappings;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Maps file name extensions to media types (specification 1.32). */
final class MediaTypes {
    private static final String UNKNOWN = "application/octet-stream";
    private static final String CHARSET = "; charset=utf-8";

    /** Types that are text although their names do not start with {@code text/}. */
    private static final Set<String> TEXTS = Set.of("application/xml", "application/xhtml+xml", "image/svg+xml");

    /** Undertow's table, with missing types added and outdated names replaced. */
    private static final MimeMappings TABLE = MimeMappings.builder()
            .addMapping("avif", "image/avif")
            .addMapping("csv", "text/csv")
            .addMapping("gz", "application/gzip")
            .addMapping("ics", "text/calendar")
            .addMapping("js", "text/javascript")
            .addMapping("jsonld", "application/ld+json")
            .addMapping("jxl", "image/jxl")
            .addMapping("m4a", "audio/mp4")
            .addMapping("map", "application/json")
            .addMapping("md", "text/markdown")
            .addMapping("mjs", "text/javascript")
            .addMapping("mp4", "video/mp4")
            .addMapping("oga", "audio/ogg")
            .addMapping("ogg", "audio/ogg")
            .addMapping("ogv", "video/ogg")
            .addMapping("opus", "audio/ogg")
            .addMapping("otf", "font/otf")
            .addMapping("ttf", "font/ttf")
            .addMapping("wasm", "application/wasm")
            .addMapping("wav", "audio/wav")
            .addMapping("weba", "audio/webm")
            .addMapping("webm", "video/webm")
            .addMapping("webmanifest", "application/manifest+json")
            .addMapping("woff", "font/woff")
            .addMapping("woff2", "font/woff2")
            .addMapping("yaml", "application/yaml")
            .addMapping("yml", "application/yaml")
            .build();

    private MediaTypes() {}

    /** Returns the value of Content-Type for a file of that name. */
    static String of(String name) {
        String type = lookUp(name);
        if (type.isEmpty()) {
            return UNKNOWN;
        }
        return type.startsWith("text/") || TEXTS.contains(type) ? type + CHARSET : type;
    }

    private static String lookUp(String name) {
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return "";
        }
        @Nullable String type = TABLE.getMimeType(name.substring(dot + 1).toLowerCase(Locale.ROOT));
        return type == null ? "" : type;
    }
}
