package io.assent.benchmarks.process;

import java.nio.file.Path;
import java.util.List;

/**
 * How coordinators are started.
 *
 * @param jar the executable coordinator
 * @param nodes how many
 * @param jvm options of their JVM
 * @param arguments further arguments of each
 */
public record ClusterSettings(Path jar, int nodes, List<String> jvm, List<String> arguments, Pinning pinning) {
    public ClusterSettings {
        jvm = List.copyOf(jvm);
        arguments = List.copyOf(arguments);
    }
}
