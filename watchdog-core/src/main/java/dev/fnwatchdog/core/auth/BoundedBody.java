package dev.fnwatchdog.core.auth;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Collects a response body as UTF-8 text, and aborts when it is too long. Threads: those of the HTTP client, one at a
 * time.
 */
final class BoundedBody implements BodySubscriber<String> {
    private final int limit;
    private final BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);

    // Mutable state
    private Flow.@Nullable Subscription subscription;
    private int size;

    /** @param limit the most bytes that the body may have */
    BoundedBody(int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<String> getBody() {
        return text.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        text.onSubscribe(newSubscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        size += buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        if (size <= limit) {
            text.onNext(buffers);
        } else if (subscription != null) {
            subscription.cancel();
            text.onError(new IOException("it is longer than %d bytes".formatted(limit)));
        }
    }

    @Override
    public void onError(Throwable cause) {
        text.onError(cause);
    }

    @Override
    public void onComplete() {
        text.onComplete();
    }
}
