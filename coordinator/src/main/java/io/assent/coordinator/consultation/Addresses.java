package io.assent.coordinator.consultation;

import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The list of participants of a transaction, J, on the wire. */
final class Addresses {

    /** As many as a transaction may ever have, whatever this node is set to. */
    private static final int MOST = 1_024;

    /** A text that is longer could not be recorded, and an acceptor that cannot record stops. */
    private static final int LONGEST_ENDPOINT = 16_384;

    private static final Pattern PARTICIPANT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private Addresses() {}

    /** The wire form. */
    static List<ParticipantAddress> of(Registered registered) {
        return registered.participants().stream()
                .map(address -> new ParticipantAddress(address.participant(), address.endpoint()))
                .toList();
    }

    /**
     * What the wire form holds.
     *
     * @throws IllegalArgumentException when it is empty, or a participant is twice in it, malformed or without endpoint
     */
    static Registered read(@Nullable List<ParticipantAddress> addresses) {
        if (addresses == null || addresses.isEmpty() || addresses.size() > MOST) {
            throw new IllegalArgumentException("must name 1 to " + MOST + " participants");
        }
        List<Address> read = new ArrayList<>(addresses.size());
        for (@Nullable ParticipantAddress address : addresses) {
            String participant = address == null ? null : address.participant();
            String endpoint = address == null ? null : address.endpoint();
            if (participant == null || !PARTICIPANT.matcher(participant).matches()) {
                throw new IllegalArgumentException("must name each participant by its id");
            }
            if (endpoint == null || endpoint.length() > LONGEST_ENDPOINT) {
                throw new IllegalArgumentException("must give the endpoint of " + participant + ", in at most "
                        + LONGEST_ENDPOINT + " characters");
            }
            read.add(new Address(participant, endpoint));
        }
        if (read.stream().map(Address::participant).distinct().count() != read.size()) {
            throw new IllegalArgumentException("must name each participant once");
        }
        return new Registered(read);
    }
}
