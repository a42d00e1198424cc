package io.assent.bank.demo;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a kill left in flight, as those who survived it tell.
 *
 * @param undecided transactions that are prepared somewhere, or that the demonstration itself has at work, and whose
 *     outcome no survivor knows
 * @param undelivered transactions whose outcome is decided and that a branch has still to hear of
 * @param prepared transactions that are prepared at a surviving bank
 */
record InFlight(int undecided, int undelivered, int prepared) {

    /**
     * Asks the survivors, at once: in a second they will have gone on.
     *
     * @param own transactions that the demonstration has at work
     */
    static InFlight atSurvivors(Questions questions, Town town, Collection<String> own) {
        List<Server> coordinators =
                town.coordinators().stream().filter(Server::isAlive).toList();
        Set<String> prepared = new TreeSet<>();
        for (Server bank : town.banks()) {
            if (bank.isAlive()) {
                prepared.addAll(questions.prepared(bank));
            }
        }
        Set<String> known = new TreeSet<>(prepared);
        known.addAll(own);
        int decided = (int) known.stream()
                .filter(id -> questions.outcome(coordinators, id, "local").isPresent())
                .count();
        // A branch at a dead bank is in nobody's list but the leader's.
        int owed = questions.owedBranches(coordinators);
        return new InFlight(known.size() - decided, Math.max(decided, owed), prepared.size());
    }

    boolean isNothing() {
        return undecided == 0 && undelivered == 0 && prepared == 0;
    }

    @Override
    public String toString() {
        return "in flight at the survivors: " + undecided + " undecided, " + undelivered
                + " decided and not delivered, " + prepared + " prepared at a bank";
    }
}
