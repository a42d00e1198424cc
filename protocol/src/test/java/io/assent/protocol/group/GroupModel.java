package io.assent.protocol.group;

import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rules G1 and G5 once more, written from their text and for nothing but to be compared with: one map, no thread, no
 * thought of memory.
 */
final class GroupModel {

    private final long incarnation;
    private final Map<TransactionId, Model> transactions = new TreeMap<>();
    private final Map<String, TransactionId> keys = new TreeMap<>();
    private Horizon horizon = Horizon.NONE;
    private long lastTerm;

    GroupModel(long incarnation) {
        this.incarnation = incarnation;
    }

    /** What the log knows of one transaction. */
    private static final class Model {
        private String phase = "ENROLLED";
        private long owner;
        private Optional<List<Member>> members = Optional.empty();
        private final TreeSet<String> acknowledged = new TreeSet<>();
        private final Map<String, Boolean> resolved = new TreeMap<>();

        boolean undecided() {
            return phase.equals("ENROLLED");
        }

        boolean finished() {
            boolean terminal = phase.equals("COMMITTED") || phase.equals("ABORTED");
            return terminal && owing().isEmpty() && !resolved.containsValue(false);
        }

        List<String> owing() {
            return members.filter(any -> phase.equals("COMMITTED")).orElse(List.of()).stream()
                    .filter(m -> m.vote() == Vote.YES && !acknowledged.contains(m.participant()))
                    .map(Member::participant)
                    .toList();
        }
    }

    /** Applies a record and tells the fact. */
    String apply(LogRecord record, long term) {
        String fact = record instanceof LogRecord.Forgotten forgotten
                ? forget(forgotten.horizon())
                : applyTo((LogRecord.OfTransaction) record, term);
        lastTerm = Math.max(lastTerm, term);
        return fact;
    }

    private String forget(Horizon next) {
        boolean allFinished = transactions.entrySet().stream()
                .allMatch(e -> !next.covers(e.getKey()) || e.getValue().finished());
        if (next.compareTo(horizon) > 0 && allFinished) {
            horizon = next;
            transactions.keySet().removeIf(next::covers);
            keys.values().removeIf(next::covers);
        }
        return "APPLIED";
    }

    private String applyTo(LogRecord.OfTransaction record, long term) {
        TransactionId id = record.transaction();
        if (id.incarnation() != incarnation || horizon.covers(id)) {
            return "EXPIRED";
        }
        Model known = transactions.get(id);
        return switch (record) {
            case LogRecord.Enrolled r -> enroll(r, term);
            case LogRecord.Decided r ->
                mayAct(id, term) ? become(id, "COMMITTED", r.members(), term) : standing(id, term);
            case LogRecord.OnePhase r ->
                mayAct(id, term) ? become(id, "ONE_PHASE", List.of(r.member()), term) : standing(id, term);
            case LogRecord.Aborted r -> {
                boolean applies = known == null ? term == id.birthTerm() : known.undecided() && term >= known.owner;
                yield applies ? become(id, "ABORTED", List.of(), term) : standing(id, term);
            }
            case LogRecord.Adopted r -> {
                if (known == null || !known.undecided() || term < known.owner) {
                    yield standing(id, term);
                }
                known.owner = term;
                yield "APPLIED";
            }
            case LogRecord.Learned r -> standing(id, term); // Two-phase transactions only.
            case LogRecord.OnePhaseResult r -> {
                if (known == null || !known.phase.equals("ONE_PHASE")) {
                    yield standing(id, term);
                }
                boolean committed = r.outcome() == Outcome.COMMITTED;
                Member member = known.members.orElseThrow().get(0).withVote(Vote.YES);
                known.acknowledged.add(member.participant());
                yield become(id, committed ? "COMMITTED" : "ABORTED", committed ? List.of(member) : List.of(), term);
            }
            case LogRecord.Acknowledged r -> {
                if (known != null && known.phase.equals("COMMITTED")) {
                    known.acknowledged.addAll(r.participants());
                }
                yield standing(id, term);
            }
            case LogRecord.HeuristicReported r -> {
                if (known == null) {
                    become(id, "ABORTED", List.of(), term);
                }
                Model model = transactions.get(id);
                if (model.finished()) {
                    // What was resolved is not kept; a report that comes once more is shown once more.
                    model.resolved.clear();
                }
                model.resolved.putIfAbsent(r.participant(), false);
                model.acknowledged.add(r.participant());
                yield "APPLIED";
            }
            case LogRecord.HeuristicResolved r -> {
                if (known != null && !known.finished()) {
                    known.resolved.replace(r.participant(), true);
                    yield "APPLIED";
                }
                yield standing(id, term);
            }
        };
    }

    /** ENROLL, DECIDE and ONE_PHASE: not terminal, not ONE_PHASE already, and of the owner's term. */
    private boolean mayAct(TransactionId id, long term) {
        Model known = transactions.get(id);
        return known == null ? term == id.birthTerm() : known.undecided() && term == known.owner;
    }

    /** One whose key another has ends at once, and every copy of its record is told whose the key is while it is. */
    private String enroll(LogRecord.Enrolled record, long term) {
        TransactionId id = record.transaction();
        boolean mayAct = mayAct(id, term);
        TransactionId holder = record.key() == null ? null : keys.get(record.key());
        boolean taken = holder != null && !holder.equals(id);
        if (taken && mayAct) {
            become(id, "ABORTED", List.of(), term);
        }
        if (!mayAct || taken) {
            String standing = standing(id, term);
            return taken && standing.equals("ABORTED") ? "KEY_OF " + holder : standing;
        }
        if (record.key() != null) {
            keys.put(record.key(), id);
        }
        Model known = transactions.computeIfAbsent(id, any -> owned(term));
        if (known.members.isEmpty()) {
            known.members = Optional.ofNullable(record.members());
        }
        return "APPLIED";
    }

    private static Model owned(long term) {
        Model model = new Model();
        model.owner = term;
        return model;
    }

    private String become(TransactionId id, String phase, List<Member> members, long term) {
        Model known = transactions.computeIfAbsent(id, any -> owned(term));
        known.phase = phase;
        known.members = Optional.of(members);
        return phase;
    }

    private String standing(TransactionId id, long term) {
        Model known = transactions.get(id);
        if (known == null) {
            return term > id.birthTerm() ? "DEAD" : "OWNED_BY " + id.birthTerm();
        }
        return known.undecided() ? "OWNED_BY " + known.owner : known.phase;
    }

    /** The idempotency key's transaction, as text. */
    String begunUnder(String key) {
        return String.valueOf(keys.get(key));
    }

    /** What a reader is told of a transaction. */
    String read(TransactionId id) {
        Model known = transactions.get(id);
        if (id.incarnation() != incarnation || horizon.covers(id)) {
            return "expired";
        }
        if (known == null) {
            return "absent, last term " + lastTerm;
        }
        if (known.finished()) {
            return "finished " + known.phase + " " + votes(known.members.orElseThrow());
        }
        boolean aborted = known.phase.equals("ABORTED");
        String members = aborted || known.members.isEmpty() ? "" : votes(known.members.get());
        return "open " + known.phase + (known.undecided() ? " owner " + known.owner : "") + " members " + members
                + " owing " + known.owing() + " heuristics " + known.resolved;
    }

    /** The same words for what the real state says. */
    static String describe(Standing standing) {
        return switch (standing) {
            case Standing.Expired e -> "expired";
            case Standing.Absent a -> "absent, last term " + a.lastTerm();
            case Standing.Finished f ->
                "finished " + f.outcome() + " "
                        + f.members().stream()
                                .map(m -> m.participant() + "=" + m.vote())
                                .toList();
            case Standing.Open o -> describe(o.transaction());
        };
    }

    private static String describe(OpenTransaction open) {
        Map<String, Boolean> resolved = new TreeMap<>();
        open.heuristics().forEach(h -> resolved.put(h.participant(), h.resolved()));
        boolean undecided = open.phase() == OpenTransaction.Phase.ENROLLED;
        return "open " + open.phase() + (undecided ? " owner " + open.owner() : "") + " members "
                + (open.members() == null ? "" : votes(open.members())) + " owing "
                + open.owing().stream().map(Member::participant).toList() + " heuristics " + resolved;
    }

    private static String votes(List<Member> members) {
        List<String> votes = new ArrayList<>();
        members.forEach(m -> votes.add(m.participant() + "=" + m.vote()));
        return votes.toString();
    }

    /** The same words for what the real state answers to a record. */
    static String describe(Fact fact) {
        return switch (fact) {
            case Fact.Known known -> known.name();
            case Fact.OwnedBy owner -> "OWNED_BY " + owner.term();
            case Fact.KeyOf other -> "KEY_OF " + other.transaction();
        };
    }
}
