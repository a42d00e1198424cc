package io.assent.benchmarks.report;

import java.util.List;
import java.util.Optional;

/** To which layer of a coordinator a method belongs. */
public final class Layers {

    /** The layer of what is called by no known layer. */
    public static final String NONE = "JDK only, called by none of these";

    private static final List<Layer> ALL = List.of(
            new Layer("Assent: roles, state, codecs", "io.assent.protocol."),
            new Layer("Assent: group loop", "io.assent.coordinator.runtime."),
            new Layer("Assent: delivery", "io.assent.coordinator.delivery."),
            new Layer("Assent: log", "io.assent.coordinator.log."),
            new Layer("Assent: REST, routing, security, health", "io.assent.coordinator."),
            new Layer("gRPC and Netty between nodes", "org.apache.ratis.thirdparty.io."),
            new Layer("Protocol Buffers", "org.apache.ratis.thirdparty.com.google.protobuf."),
            new Layer("gRPC and Netty between nodes", "org.apache.ratis.thirdparty."),
            new Layer("Ratis: consensus and log files", "org.apache.ratis."),
            new Layer("JDK HTTP client (delivery)", "jdk.internal.net.http."),
            new Layer("JDK HTTP client (delivery)", "java.net.http."),
            new Layer("Jackson", "tools.jackson."),
            new Layer("Tomcat", "org.apache.tomcat."),
            new Layer("Tomcat", "org.apache.coyote."),
            new Layer("Tomcat", "org.apache.catalina."),
            new Layer("Spring", "org.springframework."),
            new Layer("metrics", "io.micrometer."),
            new Layer("metrics", "io.prometheus."),
            new Layer("resilience4j", "io.github.resilience4j."),
            new Layer("logging", "ch.qos.logback."),
            new Layer("logging", "org.slf4j."));

    private Layers() {}

    private record Layer(String name, String prefix) {}

    /**
     * The layer that a stack is charged to: the innermost one that is known.
     *
     * @param typesFromTop names of the classes of its methods, the running one first
     */
    public static String of(List<String> typesFromTop) {
        return typesFromTop.stream()
                .map(Layers::of)
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(NONE);
    }

    private static Optional<String> of(String type) {
        return ALL.stream()
                .filter(layer -> type.startsWith(layer.prefix()))
                .map(Layer::name)
                .findFirst();
    }
}
