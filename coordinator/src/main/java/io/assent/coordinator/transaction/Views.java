package io.assent.coordinator.transaction;

import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.BranchView;
import io.assent.protocol.api.HeuristicView;
import io.assent.protocol.api.ReasonView;
import io.assent.protocol.api.TransactionView;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the forms of the API from what the runtime shows. */
final class Views {

    /** Only in the answer to a read, while the asked node cannot tell. */
    private static final String PENDING = "PENDING";

    private static final DateTimeFormatter INSTANT =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private Views() {}

    static TransactionView of(Transaction transaction) {
        TransactionId id = transaction.id();
        Transaction.Description description = transaction.description();
        return new TransactionView(
                id.toString(),
                id.protocol().name(),
                transaction.state().name(),
                transaction.outcome() == null ? null : transaction.outcome().name(),
                of(transaction.reason()),
                transaction.heuristics().stream()
                        .map(h -> new HeuristicView(h.participant(), h.kind().name(), h.resolved() ? true : null))
                        .toList(),
                instant(transaction.deadline()),
                description.name(),
                description.labels() == null ? null : new TreeMap<>(description.labels()),
                description.initiator(),
                transaction.branches().stream()
                        .map(Views::of)
                        .sorted(Comparator.comparing(BranchView::participant))
                        .toList(),
                id.group(),
                transaction.term(),
                instant(transaction.createdAt()),
                instant(transaction.decidedAt()),
                instant(transaction.completedAt()));
    }

    static BranchView of(Transaction.Branch branch) {
        return new BranchView(
                branch.participant(),
                branch.endpoint(),
                branch.fallbackEndpoint(),
                branch.state().name(),
                branch.vote() == null ? null : branch.vote().name(),
                branch.attempts() == 0 ? null : branch.attempts(),
                branch.lastError());
    }

    static @Nullable ReasonView of(@Nullable AbortReason reason) {
        return reason == null ? null : new ReasonView(reason.code().name(), reason.branch(), reason.message());
    }

    /** What can be said of a transaction of which this node knows the id only. */
    static TransactionView pending(TransactionId id) {
        return new TransactionView(
                id.toString(),
                id.protocol().name(),
                PENDING,
                null,
                null,
                List.of(),
                null,
                null,
                null,
                null,
                List.of(),
                id.group(),
                id.birthTerm(),
                null,
                null,
                null);
    }

    /** The text form of milliseconds since 1970, or null for 0, which means that the time is not known. */
    private static @Nullable String instant(long millis) {
        return millis == 0 ? null : INSTANT.format(Instant.ofEpochMilli(millis));
    }
}
