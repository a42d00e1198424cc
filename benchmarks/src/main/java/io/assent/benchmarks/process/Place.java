package io.assent.benchmarks.process;

import java.util.List;

/**
 * Where a coordinator listens, and how it gets there.
 *
 * @param host its address
 * @param restPort port of its REST API
 * @param raftPort port of its replicated log
 * @param prefix the words before its command line
 */
public record Place(String host, int restPort, int raftPort, List<String> prefix) {

    public Place {
        prefix = List.copyOf(prefix);
    }

    /** On loopback, on ports that nobody used a moment ago. */
    static Place onLoopback() {
        return new Place("127.0.0.1", Ports.free(), Ports.free(), List.of());
    }
}
