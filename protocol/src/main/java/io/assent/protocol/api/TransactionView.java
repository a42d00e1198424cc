package io.assent.protocol.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as the API shows it. What is not in the log is null after a change of leader.
 *
 * @param id the transaction id, 40 characters
 * @param protocol name of its {@link io.assent.protocol.Protocol}
 * @param state ACTIVE, PREPARING, PRE_COMMITTING, COMMITTING, ABORTING, COMMITTED, ABORTED; PENDING only while the
 *     asked node cannot tell
 * @param outcome COMMITTED, ABORTED, or null while it is not known
 * @param reason why it aborted; null when it did not, or the reason is no longer known
 * @param heuristics unilateral outcomes that participants reported, empty as a rule
 * @param deadline instant by which every vote must be there, or null
 * @param name what it does, for people, or null
 * @param labels its labels, or null when they are no longer known
 * @param initiator who began it, or null
 * @param branches its branches, sorted by participant; empty when there are none or they are not known
 * @param group its home group
 * @param term term of the leader that owns it
 * @param createdAt instant of its begin, or null
 * @param decidedAt instant at which its outcome became known here, or null
 * @param completedAt instant at which its last branch had acknowledged, or null
 */
public record TransactionView(
        String id,
        String protocol,
        String state,
        @Nullable String outcome,
        @Nullable ReasonView reason,
        List<HeuristicView> heuristics,
        @Nullable String deadline,
        @Nullable String name,
        @Nullable Map<String, String> labels,
        @Nullable String initiator,
        List<BranchView> branches,
        int group,
        long term,
        @Nullable String createdAt,
        @Nullable String decidedAt,
        @Nullable String completedAt) {}
