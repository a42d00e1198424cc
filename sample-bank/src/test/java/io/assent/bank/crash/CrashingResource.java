package io.assent.bank.crash;

import io.assent.participant.BranchResource;
import io.assent.participant.ResourceBranch;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A resource whose branches pass a crash point before and after each step that changes it. */
final class CrashingResource implements BranchResource {

    private final BranchResource resource;
    private final CrashPoints points;

    CrashingResource(BranchResource resource, CrashPoints points) {
        this.resource = resource;
        this.points = points;
    }

    @Override
    public String participant() {
        return resource.participant();
    }

    @Override
    public boolean onePhase() {
        return resource.onePhase();
    }

    @Override
    public int capacity() {
        return resource.capacity();
    }

    @Override
    public ResourceBranch branch(TransactionId transaction) {
        return new CrashingBranch(resource.branch(transaction), points);
    }

    @Override
    public Set<TransactionId> prepared() {
        return resource.prepared();
    }

    @Override
    public void forget(String horizon) {
        resource.forget(horizon);
    }

    private record CrashingBranch(ResourceBranch branch, CrashPoints points) implements ResourceBranch {

        @Override
        public Optional<Obstacle> begin(Opening opening) {
            return points.around("begin", () -> branch.begin(opening));
        }

        @Override
        public Connection connection() {
            return branch.connection();
        }

        @Override
        public boolean isIntact() {
            return branch.isIntact();
        }

        @Override
        public PrepareResult prepare() {
            return points.around("prepare", branch::prepare);
        }

        @Override
        public Optional<String> objection() {
            return branch.objection();
        }

        @Override
        public boolean commitPrepared() {
            return points.around("commit", branch::commitPrepared);
        }

        @Override
        public boolean commitOnePhase() {
            return points.around("commit-one-phase", branch::commitOnePhase);
        }

        @Override
        public void rollBackLive() {
            points.pass("before-roll-back-live");
            branch.rollBackLive();
            points.pass("after-roll-back-live");
        }

        @Override
        public void rollBack() {
            points.pass("before-roll-back");
            branch.rollBack();
            points.pass("after-roll-back");
        }

        @Override
        public TombstoneResult writeTombstone() {
            return points.around("tombstone", branch::writeTombstone);
        }

        @Override
        public boolean writeKnown(List<Member> members) {
            return points.around("known", () -> branch.writeKnown(members));
        }

        @Override
        public FactsRead readFacts() {
            return branch.readFacts();
        }
    }
}
