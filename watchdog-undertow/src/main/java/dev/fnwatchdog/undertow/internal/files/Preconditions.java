package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.DateUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides whether a conditional request gets the file (RFC 9110 13.2.2, specification 1.29). */
enum Preconditions {
    SEND,
    /** The client's copy is current. */
    NOT_MODIFIED,
    /** The precondition requires another version of the file, or none. */
    FAILED;

    /** @param dated whether the file's time is meaningful for what the client has received on this path */
    static Preconditions decide(HeaderMap request, FileVersion file, boolean dated) {
        HeaderValues match = request.get(Headers.IF_MATCH);
        if (match != null && !contains(match, file.etag(), false)) {
            return FAILED;
        }
        if (match == null && dated && modifiedSince(request.getFirst(Headers.IF_UNMODIFIED_SINCE), file)) {
            return FAILED;
        }
        HeaderValues noneMatch = request.get(Headers.IF_NONE_MATCH);
        if (noneMatch != null) {
            return contains(noneMatch, file.etag(), true) ? NOT_MODIFIED : SEND;
        }
        String since = request.getFirst(Headers.IF_MODIFIED_SINCE);
        return dated && date(since).isPresent() && !file.lastModified().isEmpty() && !modifiedSince(since, file)
                ? NOT_MODIFIED
                : SEND;
    }

    /** Returns whether the Range field applies: If-Range is absent or names this content (RFC 9110 13.1.5). */
    static boolean rangeApplies(@Nullable String ifRange, FileVersion file) {
        if (ifRange == null) {
            return true;
        }
        return ifRange.endsWith("\"")
                ? !file.etag().isEmpty() && ifRange.equals(file.etag())
                : ifRange.equals(file.lastModified());
    }

    private static boolean modifiedSince(@Nullable String text, FileVersion file) {
        Optional<Instant> since = date(text);
        return since.isPresent()
                && !file.lastModified().isEmpty()
                && file.lastModifiedSecond() > since.get().getEpochSecond();
    }

    private static Optional<Instant> date(@Nullable String text) {
        Date parsed = text == null ? null : DateUtils.parseDate(text);
        return parsed == null ? Optional.empty() : Optional.of(parsed.toInstant());
    }

    /**
     * Returns whether one of the lists contains the tag. The watchdog's tags contain no comma, so each list is split at commas.
     */
    private static boolean contains(HeaderValues lists, String etag, boolean weakToo) {
        for (String list : lists) {
            for (String listed : list.split(",", -1)) {
                String tag = listed.strip();
                if (weakToo && tag.startsWith("W/")) {
                    tag = tag.substring(2);
                }
                if (tag.equals("*") || (!etag.isEmpty() && tag.equals(etag))) {
                    return true;
                }
            }
        }
        return false;
    }
}
