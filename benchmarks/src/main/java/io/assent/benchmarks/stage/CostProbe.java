package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.participant.Participants;
import io.assent.benchmarks.process.CoordinatorCluster;
import io.assent.benchmarks.process.CoordinatorNode;
import io.assent.benchmarks.process.Metrics;
import java.util.Map;
import java.util.TreeMap;

/** What transactions cost: processor time of every process, entries of the log, requests to participants. */
final class CostProbe implements Probe {

    /** Processor microseconds of one coordinator; followed by its id. */
    static final String CPU = "cpu.";

    /** Processor microseconds of the participants' process. */
    static final String CPU_OF_PARTICIPANTS = "participants.cpu";

    /** Processor microseconds of this process. */
    static final String CPU_OF_GENERATOR = "generator.cpu";

    /** Entries of the replicated log. */
    static final String ENTRIES = "log.entries";

    /** Batches that the leader handed to the log, and the seconds until their application. */
    static final String APPENDS = "append.count";

    static final String APPEND_SECONDS = "append.seconds";

    /** Requests to participants and the messages in them. */
    static final String REQUESTS = "participants.requests";

    static final String MESSAGES = "participants.messages";

    /** Transactions that left a phase, and the seconds that they spent in it; followed by the phase. */
    static final String PHASES = "phase.count.";

    static final String PHASE_SECONDS = "phase.seconds.";

    private final CoordinatorCluster cluster;
    private final Participants participants;

    CostProbe(CoordinatorCluster cluster, Participants participants) {
        this.cluster = cluster;
        this.participants = participants;
    }

    @Override
    public Map<String, Double> read(boolean beginning) {
        Map<String, Double> figures = new TreeMap<>();
        if (!beginning) {
            readProcessorTimes(figures);
        }
        readOthers(figures);
        if (beginning) {
            readProcessorTimes(figures);
        }
        return figures;
    }

    private void readProcessorTimes(Map<String, Double> figures) {
        for (CoordinatorNode node : cluster.nodes()) {
            figures.put(CPU + node.id(), node.cpu().toNanos() / 1e3);
        }
        figures.put(CPU_OF_PARTICIPANTS, participants.cpu().toNanos() / 1e3);
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu -> figures.put(CPU_OF_GENERATOR, cpu.toNanos() / 1e3));
    }

    private void readOthers(Map<String, Double> figures) {
        figures.put(ENTRIES, (double) cluster.lastIndex());
        Metrics metrics = cluster.metrics(cluster.leader());
        figures.put(APPENDS, metrics.sum("assent_log_append_seconds_count"));
        figures.put(APPEND_SECONDS, metrics.sum("assent_log_append_seconds_sum"));
        for (String phase : new String[] {"active", "preparing", "deciding", "committing", "committed"}) {
            String label = "phase=\"" + phase + "\"";
            figures.put(PHASES + phase, metrics.sum("assent_phase_seconds_count", label));
            figures.put(PHASE_SECONDS + phase, metrics.sum("assent_phase_seconds_sum", label));
        }
        Participants.Received received = participants.received();
        figures.put(REQUESTS, (double) received.requests());
        figures.put(MESSAGES, (double) received.messages());
    }
}
