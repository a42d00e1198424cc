package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.VoteProperties;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.api.BranchRequest;
import io.assent.protocol.api.CommitBranch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks a branch that a request names, and makes a member of it. */
@Component
final class BranchReader {

    private static final Pattern PARTICIPANT = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern VISIBLE = Pattern.compile("[!-~]*");
    private static final Pattern TOKEN = Pattern.compile("[ -~]+");

    private final LimitProperties limits;
    private final EndpointPolicy endpoints;
    private final VoteProperties votes;

    BranchReader(LimitProperties limits, EndpointPolicy endpoints, VoteProperties votes) {
        this.limits = limits;
        this.endpoints = endpoints;
        this.votes = votes;
    }

    /**
     * The member that a request to enlist names.
     *
     * @throws ProblemException when a field is wrong or the body is missing
     */
    Member read(@Nullable BranchRequest request) {
        FieldErrors errors = new FieldErrors();
        if (request == null) {
            errors.add("participant", "is missing, as the whole body is");
            errors.throwIfAny();
        }
        BranchRequest body =
                request == null ? new BranchRequest(null, null, null, null, null, null, null, null) : request;
        errors.require(body.endpoint() != null, "endpoint", "is missing");
        errors.require(
                !Vote.NO.name().equals(body.vote()),
                "vote",
                "is NO: such a branch need not be enlisted, ask for abort instead");
        CommitBranch branch = new CommitBranch(
                body.participant(),
                body.endpoint(),
                body.fallbackEndpoint(),
                body.protocols(),
                body.onePhase(),
                body.token(),
                body.calls(),
                Vote.NO.name().equals(body.vote()) ? null : body.vote());
        CommitMember named = read(branch, "", List.of(Vote.YES, Vote.READ_ONLY), errors);
        errors.throwIfAny();
        return new Member(
                named.participant(),
                String.valueOf(named.endpoint()),
                named.fallbackEndpoint(),
                named.protocols() == null ? Member.DEFAULT_PROTOCOLS : named.protocols(),
                named.onePhase(),
                named.token(),
                named.calls(),
                named.vote());
    }

    /**
     * The member that an entry of a commit request names.
     *
     * @param path where the entry stands, as {@code branches[0].}
     */
    CommitMember read(CommitBranch branch, String path, FieldErrors errors) {
        return read(branch, path, Arrays.asList(Vote.values()), errors);
    }

    private CommitMember read(CommitBranch branch, String path, List<Vote> allowed, FieldErrors errors) {
        String participant = branch.participant();
        if (participant == null) {
            errors.add(path + "participant", "is missing");
        } else {
            errors.require(
                    PARTICIPANT.matcher(participant).matches(),
                    path + "participant",
                    "must be 1 to 64 letters, digits, dots, dashes or underscores");
        }
        checkEndpoint(branch.endpoint(), path + "endpoint", errors);
        checkEndpoint(branch.fallbackEndpoint(), path + "fallbackEndpoint", errors);
        checkWork(branch, path, errors);
        return new CommitMember(
                participant == null ? "" : participant,
                branch.endpoint(),
                branch.fallbackEndpoint(),
                protocols(branch.protocols(), path + "protocols", errors),
                Boolean.TRUE.equals(branch.onePhase()),
                branch.token(),
                branch.calls(),
                counted(errors.constant(branch.vote(), Vote.class, allowed, path + "vote")));
    }

    /** The vote, if it counts here; NO always does, as it can only abort. */
    private @Nullable Vote counted(@Nullable Vote vote) {
        boolean ignored = votes.handedOver() == VoteProperties.HandedOver.IGNORE && vote != Vote.NO;
        return ignored ? null : vote;
    }

    private void checkEndpoint(@Nullable String url, String field, FieldErrors errors) {
        errors.requireLength(url, limits.endpoint(), field);
        if (url == null || VISIBLE.matcher(url).matches()) {
            errors.requireAllowed(url, endpoints, field);
        } else {
            errors.add(field, "must be a URL in visible ASCII; write every other character as %XX of its UTF-8");
        }
    }

    private void checkWork(CommitBranch branch, String path, FieldErrors errors) {
        String token = branch.token();
        if (token != null) {
            errors.requireLength(token, limits.token(), path + "token");
            errors.require(TOKEN.matcher(token).matches(), path + "token", "must be printable ASCII and not empty");
        }
        Integer calls = branch.calls();
        errors.require(calls == null || calls >= 0, path + "calls", "must not be negative");
    }

    private static @Nullable List<Protocol> protocols(
            @Nullable List<@Nullable String> names, String field, FieldErrors errors) {
        if (names == null) {
            return null;
        }
        errors.require(!names.isEmpty(), field, "must name at least one protocol, or be left out");
        Set<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i) == null ? "null" : names.get(i);
            Protocol protocol =
                    errors.constant(name, Protocol.class, Arrays.asList(Protocol.values()), field + "[" + i + "]");
            if (protocol != null) {
                protocols.add(protocol);
            }
        }
        return new ArrayList<>(protocols);
    }
}
