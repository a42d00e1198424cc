package io.assent.protocol.states;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which rules of {@code docs/verification.md} an event is about, by its words. */
final class Rules {

    private static final Map<String, List<String>> OF_COORDINATOR = new LinkedHashMap<>();
    private static final Map<String, List<String>> OF_ACCEPTORS = new LinkedHashMap<>();
    private static final Map<String, List<String>> AT_ACCEPTOR = new LinkedHashMap<>();
    private static final Map<String, List<String>> OF_PARTICIPANT = new LinkedHashMap<>();

    static {
        OF_COORDINATOR.put("take over", List.of("table 1.3"));
        OF_COORDINATOR.put("log answers", List.of("L4", "G5"));
        OF_COORDINATOR.put("look finds", List.of("L7"));
        OF_COORDINATOR.put("PRE_COMMIT", List.of("section 2"));
        OF_COORDINATOR.put("COMMIT_ONE_PHASE", List.of("one phase (1.5)"));
        OF_COORDINATOR.put("INQUIRE", List.of("one phase (1.5)"));
        OF_COORDINATOR.put("to PREPARE", List.of("table 1.2", "L3"));
        OF_COORDINATOR.put("", List.of("table 1.2"));
        OF_ACCEPTORS.put("take over", List.of("table 1.3"));
        OF_ACCEPTORS.put("recover", List.of("section 3.3", "Q4"));
        OF_ACCEPTORS.put("log answers", List.of("G5", "Q3"));
        OF_ACCEPTORS.put("look finds", List.of("L7"));
        OF_ACCEPTORS.put("votes accepted", List.of("section 3.2", "Q5"));
        OF_ACCEPTORS.put("acceptor answers", List.of("Q6"));
        OF_ACCEPTORS.put("seal", List.of("Q6"));
        OF_ACCEPTORS.put("promised", List.of("section 3.3"));
        OF_ACCEPTORS.put("refused", List.of("section 3.3"));
        OF_ACCEPTORS.put("round taken", List.of("section 3.3"));
        OF_ACCEPTORS.put("proposal accepted", List.of("section 3.3"));
        OF_ACCEPTORS.put("to PREPARE", List.of("table 1.2", "Q8"));
        OF_ACCEPTORS.put("to ", List.of("table 1.2"));
        OF_ACCEPTORS.put("abort", List.of("table 1.2", "Q8"));
        OF_ACCEPTORS.put("deadline", List.of("table 1.2", "Q8"));
        OF_ACCEPTORS.put("", List.of("table 1.2"));
        AT_ACCEPTOR.put("votes", List.of("table 3.1", "Q5"));
        AT_ACCEPTOR.put("of the seal", List.of("Q6"));
        AT_ACCEPTOR.put("seal", List.of("Q6"));
        AT_ACCEPTOR.put("horizon", List.of("Q6"));
        AT_ACCEPTOR.put("LEARNED", List.of("Q6"));
        AT_ACCEPTOR.put("", List.of("table 3.1"));
        OF_PARTICIPANT.put("facts FORGOTTEN", List.of("P7"));
        OF_PARTICIPANT.put("facts", List.of("P4"));
        OF_PARTICIPANT.put("tombstone", List.of("P2"));
        OF_PARTICIPANT.put("rollback", List.of("P2"));
        OF_PARTICIPANT.put("prepare ends", List.of("P1"));
        OF_PARTICIPANT.put("commit ends", List.of("P4"));
        OF_PARTICIPANT.put("decision", List.of("section 2"));
        OF_PARTICIPANT.put("work", List.of("P3", "L8"));
        OF_PARTICIPANT.put("call ends", List.of("P10"));
        OF_PARTICIPANT.put("", List.of("table 1.7"));
    }

    private Rules() {}

    static Set<String> of(Role role, List<Arrow> arrows) {
        Map<String, List<String>> rules = switch (role) {
            case PAXOS_COMMIT_COORDINATOR -> OF_ACCEPTORS;
            case PAXOS_COMMIT_ACCEPTOR -> AT_ACCEPTOR;
            default -> role.coordinates() ? OF_COORDINATOR : OF_PARTICIPANT;
        };
        Set<String> all = new TreeSet<>();
        for (Arrow arrow : arrows) {
            List<String> keys = new ArrayList<>(rules.keySet());
            keys.removeIf(key -> !arrow.event().contains(key));
            all.addAll(rules.get(keys.get(0)));
        }
        return all;
    }
}
