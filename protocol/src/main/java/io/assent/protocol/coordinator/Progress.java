package io.assent.protocol.coordinator;

import io.assent.protocol.group.HeuristicOutcome;
import java.util.ArrayList;
import java.util.List;

/**
 * Who has confirmed what after the decision.
 *
 * @param acknowledged participants that answered COMMIT or ABORT
 * @param heuristics what participants did of their own
 * @param heuristicsLogged how many of these stand in the log
 */
public record Progress(List<String> acknowledged, List<HeuristicOutcome> heuristics, int heuristicsLogged) {

    /** Nobody has confirmed anything. */
    public static final Progress NONE = new Progress(List.of(), List.of(), 0);

    public Progress {
        acknowledged = List.copyOf(acknowledged);
        heuristics = List.copyOf(heuristics);
    }

    /** The same, and this participant has acknowledged. */
    public Progress withAcknowledged(String participant) {
        List<String> all = new ArrayList<>(acknowledged);
        all.add(participant);
        return new Progress(all, heuristics, heuristicsLogged);
    }

    /** The same, and this was reported. */
    public Progress withHeuristic(HeuristicOutcome heuristic) {
        List<HeuristicOutcome> all = new ArrayList<>(heuristics);
        all.add(heuristic);
        return new Progress(acknowledged, all, heuristicsLogged);
    }

    /** The same, and one more of the heuristic outcomes stands in the log. */
    public Progress withHeuristicLogged() {
        return new Progress(acknowledged, heuristics, heuristicsLogged + 1);
    }
}
