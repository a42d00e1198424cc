package io.assent.coordinator.consultation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of requests of one kind to one acceptor, or of votes that it accepted.
 *
 * @param acceptor id of the replica that is meant
 * @param incarnation of its storage, 16 hexadecimal digits
 * @param group number of the group that it belongs to
 * @param requests at most 256
 */
record CallsForm(
        @Nullable String acceptor,
        @Nullable String incarnation,
        @Nullable Integer group,
        @Nullable List<CallForm> requests) {}
