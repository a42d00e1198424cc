package io.assent.protocol.paxoscommit;

import java.util.Comparator;
import java.util.List;

/** What the instance of the registrar, r0, may choose: the frozen list of participants, or that there is none. */
public sealed interface RegistrarValue {

    /**
     * J: who votes.
     *
     * @param participants at least one, each once; kept sorted, so that equal sets are equal values
     */
    record Registered(List<Address> participants) implements RegistrarValue {
        public Registered {
            participants = participants.stream()
                    .sorted(Comparator.comparing(Address::participant))
                    .toList();
            for (int i = 1; i < participants.size(); i++) {
                if (participants
                        .get(i)
                        .participant()
                        .equals(participants.get(i - 1).participant())) {
                    throw new IllegalArgumentException(
                            "The participant " + participants.get(i).participant() + " is registered twice");
                }
            }
            if (participants.isEmpty()) {
                throw new IllegalArgumentException("A transaction without participants needs no acceptors");
            }
        }

        /** Whether the participant votes. */
        public boolean contains(String participant) {
            return participants.stream()
                    .anyMatch(address -> address.participant().equals(participant));
        }
    }

    /**
     * Who votes, and where its messages go.
     *
     * @param participant the participant id
     * @param endpoint absolute URL
     */
    record Address(String participant, String endpoint) {}

    /** The transaction aborts, whoever takes part. */
    record Aborted() implements RegistrarValue {}
}
