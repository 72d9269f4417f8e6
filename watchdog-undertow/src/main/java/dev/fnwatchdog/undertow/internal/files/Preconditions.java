package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.DateUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a file is to be sent to somebody who may have it already (RFC 9110, 13.2.2). */
enum Preconditions {
    SEND,
    /** What the client has is good. */
    NOT_MODIFIED,
    /** The client wants an older one, or none. */
    FAILED;

    /**
     * @param dated whether the file's time tells something of what the client has had from the same path
     */
    static Preconditions decide(HeaderMap request, FileVersion file, boolean dated) {
        HeaderValues match = request.get(Headers.IF_MATCH);
        if (match != null && !lists(match, file.etag(), false)) {
            return FAILED;
        }
        if (match == null && dated && modifiedSince(request.getFirst(Headers.IF_UNMODIFIED_SINCE), file)) {
            return FAILED;
        }
        HeaderValues noneMatch = request.get(Headers.IF_NONE_MATCH);
        if (noneMatch != null) {
            return lists(noneMatch, file.etag(), true) ? NOT_MODIFIED : SEND;
        }
        String since = request.getFirst(Headers.IF_MODIFIED_SINCE);
        return dated && date(since).isPresent() && !file.lastModified().isEmpty() && !modifiedSince(since, file)
                ? NOT_MODIFIED
                : SEND;
    }

    /** Whether a range of this very content is wanted, or the whole of a newer one. */
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

    /** Whether one of the lists names the tag. A tag of ours holds no comma, so what is between two commas is a tag or none. */
    private static boolean lists(HeaderValues lists, String etag, boolean weakToo) {
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
