package io.assent.protocol.paxoscommit;

import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a proposer asks to accept, in all instances at once: the list of participants with a value for each of them, or
 * ABORTED for the registrar alone.
 */
public record Proposal(RegistrarValue registrar, SortedMap<String, BranchValue> branches) {

    /** The abort of a transaction of which no list of participants is known. */
    public static final Proposal ABORT = new Proposal(new RegistrarValue.Aborted(), new TreeMap<>());

    public Proposal {
        branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
        boolean complete = switch (registrar) {
            case Registered registered ->
                branches.size() == registered.participants().size()
                        && branches.keySet().stream().allMatch(registered::contains);
            case RegistrarValue.Aborted ignored -> branches.isEmpty();
        };
        if (!complete) {
            throw new IllegalArgumentException("A proposal has a value for each registered participant and no other: "
                    + registrar + ", " + branches);
        }
    }
}
