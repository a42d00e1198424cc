package io.assent.participant;

import io.assent.protocol.Member;
import io.assent.protocol.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the answers to business calls have told about the branches of one transaction (rule L8): for each participant
 * the latest word of its branch, and how many answers named it. Not safe for use by several threads.
 */
final class SeenBranches {

    private final Map<String, BranchMember> byParticipant = new TreeMap<>();

    /**
     * Notes the members of one answer.
     *
     * @return why the transaction can only abort now, if it can: two endpoints or two tokens of one participant, or a
     *     vote NO
     */
    Optional<String> add(BranchMember answer) {
        BranchMember before = byParticipant.get(answer.participant());
        byParticipant.put(answer.participant(), before == null ? answer : merge(before, answer));
        if (before != null && !sameBranch(before.member(), answer.member())) {
            return Optional.of("Two branches of the participant " + answer.participant() + " did the work");
        }
        return answer.member().vote() == Vote.NO
                ? Optional.of("The participant " + answer.participant() + " rolled its branch back")
                : Optional.empty();
    }

    private static boolean sameBranch(Member one, Member other) {
        return one.endpoint().equals(other.endpoint()) && Objects.equals(one.token(), other.token());
    }

    private static BranchMember merge(BranchMember before, BranchMember answer) {
        BranchMember latest = isLater(before.member(), answer.member()) ? before : answer;
        BranchMember merged = latest.withSeen(before.seen() + answer.seen());
        boolean refused = before.member().vote() == Vote.NO || answer.member().vote() == Vote.NO;
        return refused ? merged.withVote(Vote.NO) : merged;
    }

    /** Whether the first word about the branch is later than the second: answers may overtake each other. */
    private static boolean isLater(Member one, Member other) {
        return one.calls() != null && other.calls() != null && one.calls() > other.calls();
    }

    /** The members as they are passed on to the caller of this service. */
    List<BranchMember> all() {
        return new ArrayList<>(byParticipant.values());
    }

    /**
     * The members as they are handed over with the commit: {@code calls} is the number of answers seen, and a vote is
     * there only if its branch had executed exactly so many calls when it gave it (NO always).
     */
    List<Member> forCommit() {
        return byParticipant.values().stream().map(SeenBranches::handedOver).toList();
    }

    private static Member handedOver(BranchMember branch) {
        Member member = branch.member();
        boolean counts = member.vote() == Vote.NO || Objects.equals(member.calls(), branch.seen());
        return member.withWork(member.token(), branch.seen()).withVote(counts ? member.vote() : null);
    }
}
