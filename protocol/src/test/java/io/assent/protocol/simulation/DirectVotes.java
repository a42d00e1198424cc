package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;

/** Votes that participants of Paxos Commit bring to acceptors themselves, and what acceptors report of them. */
final class DirectVotes {

    private DirectVotes() {}

    /** Sends a vote YES to acceptors as well, now and then; the reply that tells the leader so. */
    static Reply sent(Simulation world, int from, Message message, Reply reply) {
        boolean direct = message instanceof Message.Prepare prepare
                && !prepare.acceptors().isEmpty()
                && reply instanceof Reply.Voted voted
                && voted.vote() == Vote.YES;
        List<AcceptorList.Entry> acceptors = direct ? ((Message.Prepare) message).acceptors() : List.of();
        int most = direct ? world.seams().votesDirectly(message.branch(), acceptors.size(), world.scheduler()) : 0;
        if (most == 0) {
            return reply;
        }
        world.trace().moment("vote sent to acceptors directly");
        acceptors.subList(0, most).forEach(acceptor -> send(world, from, (Message.Prepare) message, acceptor));
        return new Reply.Voted(reply.transaction(), reply.branch(), Vote.YES, null, true);
    }

    /** One vote, to one acceptor. */
    static void send(Simulation world, int from, Message.Prepare prepare, AcceptorList.Entry acceptor) {
        Registered registered = new Registered(prepare.members().stream()
                .map(member -> new Address(member.participant(), member.endpoint()))
                .toList());
        AcceptorRequest vote =
                new AcceptorRequest.VoteBundle(prepare.transaction(), registered, List.of(prepare.branch()));
        int place = world.placeOf(acceptor.id());
        world.trace()
                .line(prepare.branch(), () -> "-> " + PaxosWords.acceptor(place) + " " + PaxosWords.of(world, vote));
        world.network()
                .send(
                        from,
                        place,
                        "direct vote",
                        () -> world.acceptor(place).receive(acceptor.id(), vote, answer -> {
                            if (answer instanceof AcceptorReply.VotesAccepted votes) {
                                report(world, place, acceptor, votes);
                            }
                        }));
    }

    /** Whoever leads, or believes so: an acceptor cannot know better. */
    private static void report(
            Simulation world, int from, AcceptorList.Entry acceptor, AcceptorReply.VotesAccepted votes) {
        for (CoordinatorNode node : world.nodes()) {
            world.network().send(from, node.id(), "report of votes", () -> {
                LeaderProcess leader = node.leader();
                if (leader != null) {
                    leader.consultations().reported(acceptor.id(), votes);
                }
            });
        }
    }
}
