package io.assent.benchmarks.acceptor;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;

/** Votes of transactions of two participants, as they come to an acceptor: one for each, of the first participant. */
final class Votes {

    static final int GROUP = 1;

    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    private Votes() {}

    static AcceptorRequest.VoteBundle request(long number) {
        TransactionId id = TransactionId.issue(
                new TransactionId.Birth(GROUP, 77, 1, number), Protocol.PAXOS_COMMIT, (int) number, KEY);
        Registered registered = new Registered(List.of(bank('a'), bank('b')));
        return new AcceptorRequest.VoteBundle(id, registered, List.of("bank-a"));
    }

    /** Fresh texts, as they come out of a message. */
    private static Address bank(char name) {
        return new Address("bank-" + name, "http://bank-" + name + ".internal:8080/assent");
    }

    static AcceptorRecord record(long number) {
        AcceptorRequest.VoteBundle votes = request(number);
        return new AcceptorRecord.Voted(votes.transaction(), votes.registered(), votes.prepared());
    }
}
