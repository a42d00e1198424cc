package io.assent.coordinator.transaction;

import io.assent.coordinator.runtime.Group;
import io.assent.protocol.CommitMember;
import io.assent.protocol.api.CommitBranch;
import io.assent.protocol.api.CommitRequest;
import io.assent.protocol.api.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks a request to commit. */
@Component
final class CommitReader {

    private final LimitProperties limits;
    private final BranchReader branches;

    CommitReader(LimitProperties limits, BranchReader branches) {
        this.limits = limits;
        this.branches = branches;
    }

    /**
     * The terms that the request names.
     *
     * @param request the body, or null when there was none
     * @throws ProblemException when a field is wrong
     */
    CommitTerms read(@Nullable CommitRequest request) {
        CommitRequest body = request == null ? new CommitRequest(null, null, null) : request;
        FieldErrors errors = new FieldErrors();
        Group.Await await =
                errors.constant(body.getAwait(), Group.Await.class, Arrays.asList(Group.Await.values()), "await");
        Duration wait = errors.duration(body.getWait(), limits.waitDefault(), "wait");
        errors.require(
                !wait.isNegative() && wait.compareTo(limits.waitMax()) <= 0,
                "wait",
                "must lie between PT0S and " + limits.waitMax());
        List<CommitMember> members = members(body.getBranches(), errors);
        errors.throwIfAny();
        return new CommitTerms(members, await == null ? Group.Await.COMPLETION : await, wait);
    }

    private @Nullable List<CommitMember> members(@Nullable List<@Nullable CommitBranch> given, FieldErrors errors) {
        if (given == null) {
            return null;
        }
        if (given.size() > limits.branches()) {
            throw new ProblemException(Problem.of(
                    ProblemType.TOO_LARGE,
                    "The request names " + given.size() + " branches, and a transaction may have " + limits.branches()
                            + ". Use fewer participants, or raise assent.limits.branches on every coordinator."));
        }
        Set<String> seen = new HashSet<>();
        List<CommitMember> members = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String path = "branches[" + i + "]";
            CommitBranch branch = given.get(i);
            if (branch == null) {
                errors.add(path, "must be a branch and is null");
                continue;
            }
            CommitMember member = branches.read(branch, path + ".", errors);
            errors.require(
                    seen.add(member.participant()) || member.participant().isEmpty(),
                    path + ".participant",
                    "names a participant that an earlier entry names");
            members.add(member);
        }
        return members;
    }
}
