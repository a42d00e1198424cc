package io.assent.benchmarks.delay;

import io.assent.benchmarks.process.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Hosts that see each other only through a hub, each a network namespace of this machine. What a host sends to another
 * one does not leave the hub: it arrives at whoever listens there on that port, whatever the address, and the hub's own
 * connections go to the hosts themselves. Nothing else of the machine can reach them.
 *
 * <p>The names bear the id of this process, so that what a killed one left behind is found and removed by the next.
 */
public final class Hosts implements AutoCloseable {

    /** Every address of every host. */
    static final String NETWORK = "10.77.0.0/16";

    private static final String PREFIX = "assent-delays-";
    private static final Pattern NAME = Pattern.compile("(?m)^(" + PREFIX + "([0-9]+)-\\S+)");

    private final String hub;
    private final List<Host> all;
    private final Thread lastResort = new Thread(this::delete);

    private Hosts(int count) {
        String own = PREFIX + ProcessHandle.current().pid() + "-";
        hub = own + "hub";
        all = IntStream.rangeClosed(1, count)
                .mapToObj(n -> new Host(own + n, "10.77." + n + ".1"))
                .toList();
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /**
     * One of them.
     *
     * @param namespace name of its network namespace
     * @param address its only address
     */
    public record Host(String namespace, String address) {

        /** The words that run a command on it. */
        public List<String> prefix() {
            return List.of("ip", "netns", "exec", namespace);
        }
    }

    /** So many hosts and the hub; nothing where this process may not make them. */
    public static Optional<Hosts> create(int count) {
        removeLeftovers();
        Hosts hosts = new Hosts(count);
        boolean complete = false;
        try {
            if (Command.tryRun(List.of("ip", "netns", "add", hosts.hub)).isEmpty()) {
                return Optional.empty();
            }
            hosts.connect();
            complete = true;
            return Optional.of(hosts);
        } finally {
            if (!complete) {
                hosts.close();
            }
        }
    }

    private void connect() {
        on(hub, "link", "set", "lo", "up");
        for (int i = 0; i < all.size(); i++) {
            Host host = all.get(i);
            String link = "host" + (i + 1);
            String gateway = "10.77." + (i + 1) + ".254";
            Command.run(List.of("ip", "netns", "add", host.namespace()));
            on(host.namespace(), "link", "set", "lo", "up");
            on(hub, "link", "add", link, "type", "veth", "peer", "name", "hub", "netns", host.namespace());
            on(hub, "addr", "add", gateway + "/24", "dev", link);
            on(hub, "link", "set", link, "up");
            on(host.namespace(), "addr", "add", host.address() + "/24", "dev", "hub");
            on(host.namespace(), "link", "set", "hub", "up");
            on(host.namespace(), "route", "add", "default", "via", gateway);
        }
        // Every address is the hub's own for what comes in, but not for what it sends itself: so the table that says
        // so is asked second. Its usual rule, which stands before all others, goes.
        on(hub, "route", "add", "local", NETWORK, "dev", "lo", "table", "local");
        on(hub, "rule", "add", "pref", "1", "iif", "lo", "lookup", "main");
        on(hub, "rule", "add", "pref", "2", "lookup", "local");
        on(hub, "rule", "del", "pref", "0");
    }

    private static void on(String namespace, String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(words));
        Command.run(command);
    }

    /** The hosts, in the order of their addresses. */
    public List<Host> all() {
        return all;
    }

    /** The words that run a command on the hub. */
    public List<String> hubPrefix() {
        return List.of("ip", "netns", "exec", hub);
    }

    /** Ends and removes what measurements left that did not live to do it. */
    private static void removeLeftovers() {
        String names = Command.tryRun(List.of("ip", "netns", "list")).orElse("");
        Matcher name = NAME.matcher(names);
        while (name.find()) {
            if (ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty()) {
                remove(name.group(1));
            }
        }
    }

    private static void remove(String namespace) {
        Command.tryRun(List.of("ip", "netns", "pids", namespace))
                .ifPresent(pids -> pids.lines()
                        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.trim())).stream())
                        .forEach(ProcessHandle::destroyForcibly));
        Command.tryRun(List.of("ip", "netns", "del", namespace));
    }

    private void delete() {
        all.forEach(host -> remove(host.namespace()));
        remove(hub);
    }

    /** Removes them, and ends what still runs on them. */
    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // This process is ending already, and the hook finds nothing any more.
            delete();
        }
    }
}
