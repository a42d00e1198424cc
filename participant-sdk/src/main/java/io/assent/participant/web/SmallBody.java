package io.assent.participant.web;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Reads an answer into memory, up to a limit: past it the connection is closed and the answer fails. */
final class SmallBody implements BodySubscriber<byte[]> {

    private final BodySubscriber<byte[]> target = BodySubscribers.ofByteArray();
    private final long limit;
    private long received;
    private boolean over;
    private @Nullable Subscription subscription;

    /**
     * A body that is read up to a limit.
     *
     * @param limit in bytes
     */
    SmallBody(long limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return target.getBody();
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
        subscription = newSubscription;
        target.onSubscribe(newSubscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (over) {
            return;
        }
        received += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
        if (received <= limit) {
            target.onNext(buffers);
            return;
        }
        over = true;
        if (subscription != null) {
            subscription.cancel();
        }
        target.onError(new IOException("The answer has more than " + limit + " bytes"));
    }

    @Override
    public void onError(Throwable error) {
        if (!over) {
            target.onError(error);
        }
    }

    @Override
    public void onComplete() {
        if (!over) {
            target.onComplete();
        }
    }
}
