package io.assent.protocol.message;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of an acceptor: its component names are the JSON names.
 *
 * @param id of the replica
 * @param incarnation of its storage, 16 hexadecimal digits
 * @param url base URL of its node
 */
public record AcceptorAddress(
        @Nullable String id,
        @Nullable String incarnation,
        @Nullable String url) {

    /** The form of an acceptor. */
    public static AcceptorAddress of(AcceptorList.Entry acceptor) {
        return new AcceptorAddress(acceptor.id().replica(), acceptor.id().incarnationText(), acceptor.url());
    }

    /** The acceptor that this form holds, or nothing when it is malformed. */
    public Optional<AcceptorList.Entry> toEntry() {
        if (id == null || incarnation == null || url == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AcceptorList.Entry(AcceptorId.of(id, incarnation), url));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
