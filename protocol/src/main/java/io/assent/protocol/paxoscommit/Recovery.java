package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a proposer of a ballot above 0 may propose (3.3, step 2). Its proposal decides nothing before it is accepted. */
public final class Recovery {

    private Recovery() {}

    /**
     * The only proposal that this ballot may have, once a majority has promised it: whatever may be chosen already is
     * proposed again, and what is surely free becomes ABORTED.
     *
     * @param promises phase 1b of one transaction and one ballot, by who sent it; who is not in the list does not count
     * @return null while they are no majority
     * @throws IllegalArgumentException when they are not of one transaction and one ballot
     * @throws IllegalStateException when two acceptors accepted different values in one ballot: agreement is lost
     */
    public static @Nullable Proposal propose(AcceptorList acceptors, Map<AcceptorId, AcceptorReply.Phase1b> promises) {
        if (!acceptors.isMajority(promises.keySet())) {
            return null;
        }
        SortedMap<AcceptorId, AcceptorReply.Phase1b> counted = new TreeMap<>(promises);
        counted.keySet().removeIf(id -> !acceptors.contains(id));
        TransactionId id = sameBallot(counted).transaction();
        RegistrarValue registrar =
                highest(id, "the registrar", counted.values().stream().map(AcceptorReply.Phase1b::registrar));
        return switch (registrar) {
            case null -> Proposal.ABORT;
            case RegistrarValue.Aborted ignored -> Proposal.ABORT;
            case Registered registered -> {
                SortedMap<String, BranchValue> values = new TreeMap<>();
                for (RegistrarValue.Address address : registered.participants()) {
                    String participant = address.participant();
                    BranchValue value = highest(
                            id,
                            participant,
                            counted.values().stream()
                                    .map(promise -> promise.branches().get(participant)));
                    values.put(participant, value == null ? BranchValue.ABORTED : value);
                }
                yield new Proposal(registered, values);
            }
        };
    }

    /** Any of them, when they are all of one transaction and one ballot. */
    private static AcceptorReply.Phase1b sameBallot(SortedMap<AcceptorId, AcceptorReply.Phase1b> promises) {
        AcceptorReply.Phase1b first = promises.values().iterator().next();
        promises.forEach((from, promise) -> {
            if (!promise.ballot().equals(first.ballot())
                    || !promise.transaction().equals(first.transaction())) {
                throw new IllegalArgumentException(
                        "The promise of " + from + " is of another transaction or ballot: " + promise + ", " + first);
            }
        });
        return first;
    }

    /** The value of the highest ballot, or null when nobody accepted one. */
    private static <V> @Nullable V highest(
            TransactionId id, String instance, Stream<? extends @Nullable Acceptance<V>> acceptances) {
        Acceptance<V> highest = null;
        for (Acceptance<V> acceptance : acceptances.filter(Objects::nonNull).toList()) {
            if (highest == null || acceptance.ballot().isAbove(highest.ballot())) {
                highest = acceptance;
            } else if (acceptance.ballot().equals(highest.ballot())
                    && !acceptance.value().equals(highest.value())) {
                throw new IllegalStateException("Two values are accepted in ballot " + highest.ballot() + " of "
                        + instance + " of transaction " + id + ": " + highest.value() + " and " + acceptance.value());
            }
        }
        return highest == null ? null : highest.value();
    }
}
