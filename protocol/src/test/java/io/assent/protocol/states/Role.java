package io.assent.protocol.states;

import io.assent.protocol.Protocol;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;

/** A role under a protocol, which has a page. */
enum Role {
    TWO_PHASE_COORDINATOR(Protocol.TWO_PHASE, "the coordinator under two-phase commit"),
    THREE_PHASE_COORDINATOR(Protocol.THREE_PHASE, "the coordinator under three-phase commit"),
    TWO_PHASE_PARTICIPANT(Protocol.TWO_PHASE, "the participant under two-phase commit"),
    THREE_PHASE_PARTICIPANT(Protocol.THREE_PHASE, "the participant under three-phase commit"),
    PAXOS_COMMIT_COORDINATOR(Protocol.PAXOS_COMMIT, "the coordinator under Paxos Commit"),
    PAXOS_COMMIT_PARTICIPANT(Protocol.PAXOS_COMMIT, "the participant under Paxos Commit"),
    PAXOS_COMMIT_ACCEPTOR(Protocol.PAXOS_COMMIT, "the acceptor under Paxos Commit");

    private final Protocol protocol;
    private final String title;

    Role(Protocol protocol, String title) {
        this.protocol = protocol;
        this.title = title;
    }

    static Role coordinator(Protocol protocol) {
        return switch (protocol) {
            case TWO_PHASE -> TWO_PHASE_COORDINATOR;
            case THREE_PHASE -> THREE_PHASE_COORDINATOR;
            case PAXOS_COMMIT -> PAXOS_COMMIT_COORDINATOR;
        };
    }

    static Role participant(Protocol protocol) {
        return switch (protocol) {
            case TWO_PHASE -> TWO_PHASE_PARTICIPANT;
            case THREE_PHASE -> THREE_PHASE_PARTICIPANT;
            case PAXOS_COMMIT -> PAXOS_COMMIT_PARTICIPANT;
        };
    }

    /** The role that the same code plays under two-phase commit; itself where other code decides. */
    Role decidedBySameCode() {
        if (this == PAXOS_COMMIT_COORDINATOR || accepts()) {
            return this;
        }
        return coordinates() ? TWO_PHASE_COORDINATOR : TWO_PHASE_PARTICIPANT;
    }

    String title() {
        return title;
    }

    /** What its states are. */
    String about() {
        if (this == PAXOS_COMMIT_COORDINATOR) {
            return "A leader with one transaction, from its begin, or its recovery or take-over by a new leader, until it"
                    + " leaves the leader's table; before it are two acceptors, and one more proposer. The ways to DEPOSED,"
                    + " DROPPED and EXPIRED are not drawn.";
        }
        if (accepts()) {
            return "What one acceptor holds of one transaction, in all instances together. It is on the disk before an"
                    + " answer leaves, so that a restart changes nothing. PROMISED: a ballot above 0, and nothing accepted."
                    + " VOTED: accepted at ballot 0. ACCEPTED: accepted at a ballot above 0. After a comma: \"promised\" when"
                    + " a ballot above the accepted one is promised (not drawn), \"sealed\" when the floor of a FORGET covers"
                    + " the transaction. LEARNED: the outcome is in the log, whatever is held. Answers are in brackets.";
        }
        return coordinates()
                ? "A leader with one transaction, from its begin, or its take-over by a new leader, until it leaves the leader's"
                        + " table. The ways to DEPOSED, DROPPED and EXPIRED are not drawn: the log's answers open them almost"
                        + " everywhere."
                : "What one instance of a participant knows of its branch. After a restart it knows nothing, and reads the"
                        + " facts (F1 to F4) from the database.";
    }

    /** Where it begins, when no transition tells. */
    Optional<String> first() {
        return coordinates() ? Optional.empty() : Optional.of("UNKNOWN");
    }

    /** The state as it is drawn: of a branch without what is told of it after a comma. */
    String drawn(String state) {
        if (accepts()) {
            return state.replace(", promised", "");
        }
        int comma = state.indexOf(',');
        return coordinates() || comma < 0 ? state : state.substring(0, comma);
    }

    /** Whether the diagram shows the arrow; the table shows all. */
    boolean draws(Arrow arrow) {
        return !coordinates() || !List.of("DEPOSED", "DROPPED", "EXPIRED").contains(arrow.to());
    }

    private boolean accepts() {
        return this == PAXOS_COMMIT_ACCEPTOR;
    }

    boolean coordinates() {
        return this == coordinator(protocol);
    }

    Path page() {
        String name = name().toLowerCase(Locale.ROOT).replace('_', '-');
        return Path.of("..", "docs", "states", name + ".md");
    }

    /** All its transitions. */
    SortedSet<Arrow> explore() {
        if (accepts()) {
            return new AcceptorExploration().arrows();
        }
        return coordinates() ? new CoordinatorExploration(protocol).arrows() : new BranchExploration(protocol).arrows();
    }
}
