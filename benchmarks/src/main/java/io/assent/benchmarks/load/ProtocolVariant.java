package io.assent.benchmarks.load;

/**
 * A protocol in one way in which it can be used, with what it costs on paper.
 *
 * <p>Its cost is counted in message delays from the moment at which the leader has the request to commit, with a
 * replicated log whose majority is one round trip away.
 */
public enum ProtocolVariant {
    /** Votes are asked for, the decision is replicated. */
    TWO_PHASE("two-phase", "TWO_PHASE", 4, 5),
    /** The initiator hands the votes over with its request to commit, so that nobody is asked. */
    VOTES_HANDED_OVER("two-phase, votes handed over", "TWO_PHASE", 2, 3),
    /** The decision is replicated, and known to all participants before the first of them commits. */
    THREE_PHASE("three-phase", "THREE_PHASE", 6, 7),
    /** Participants bring their votes to the acceptors themselves. */
    PAXOS_COMMIT("Paxos Commit", "PAXOS_COMMIT", 3, 4),
    /** The leader brings the votes of participants that only answer it to the acceptors. */
    VOTES_RELAYED("Paxos Commit, votes relayed", "PAXOS_COMMIT", 4, 5);

    private final String title;
    private final String protocol;
    private final int delaysToAnswer;
    private final int delaysToCommit;

    ProtocolVariant(String title, String protocol, int delaysToAnswer, int delaysToCommit) {
        this.title = title;
        this.protocol = protocol;
        this.delaysToAnswer = delaysToAnswer;
        this.delaysToCommit = delaysToCommit;
    }

    /** What people call it. */
    public String title() {
        return title;
    }

    /** The name of the protocol on the wire. */
    public String protocol() {
        return protocol;
    }

    /** Delays until the initiator can be told the decision. */
    public int delaysToAnswer() {
        return delaysToAnswer;
    }

    /** Delays until participants may commit. */
    public int delaysToCommit() {
        return delaysToCommit;
    }

    /** Whether a request to commit carries the votes. */
    boolean handsVotesOver() {
        return this == VOTES_HANDED_OVER;
    }

    /** Whether its participants bring their votes to the acceptors themselves. */
    public boolean votesDirectly() {
        return this == PAXOS_COMMIT;
    }
}
