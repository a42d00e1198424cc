package io.assent.bank.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A host for each server, on a network that this process is connected to. Each host is a network namespace of this
 * machine, and so is the switch between them; this machine itself gets one interface more.
 *
 * <p>Hosts can be cut apart: then what one sends to the other goes to an Ethernet address that nobody has, so that it is
 * lost without a word. This process still reaches all of them.
 *
 * <p>The names bear the id of this process, so that what a killed one left behind is found and removed by the next.
 */
final class Network implements AutoCloseable {

    private static final String PREFIX = "assent-town-";
    private static final Pattern NAME = Pattern.compile("(?m)^(" + PREFIX + "([0-9]+)-\\S+)");
    private static final String NOBODY = "06:00:00:00:00:00";
    private static final int NETWORKS = 250;

    private final String own = PREFIX + ProcessHandle.current().pid() + "-";
    private final String hub = own + "hub";
    private final String uplink = "assent" + ProcessHandle.current().pid();
    private final String net;
    private final Map<String, String> addresses = new TreeMap<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final Thread lastResort = new Thread(this::remove);

    /** That one host reaches another one no more. */
    private record Cut(String from, String to) {}

    private Network(List<String> hosts) {
        this.net = freeNet();
        for (int i = 0; i < hosts.size(); i++) {
            addresses.put(hosts.get(i), net + (i + 1));
        }
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Why there can be no such network here, if that is so. */
    static Optional<String> hindrance() {
        String probe = PREFIX + ProcessHandle.current().pid() + "-probe";
        try {
            Result made = run(List.of("ip", "netns", "add", probe));
            tryRun("netns", "del", probe);
            return made.status() == 0
                    ? Optional.empty()
                    : Optional.of("this user may not make network namespaces: " + made.output());
        } catch (IOException e) {
            return Optional.of("the command ip is missing (package iproute2): " + e.getMessage());
        }
    }

    /** The network with these hosts. */
    static Network of(List<String> hosts) {
        removeLeftovers();
        Network network = new Network(hosts);
        boolean complete = false;
        try {
            network.connect();
            complete = true;
            return network;
        } finally {
            if (!complete) {
                network.close();
            }
        }
    }

    private static String freeNet() {
        String taken = ip("-4", "-o", "addr");
        int first = (int) (ProcessHandle.current().pid() % NETWORKS);
        return IntStream.range(0, NETWORKS)
                .mapToObj(n -> "10.78." + (1 + (first + n) % NETWORKS) + ".")
                .filter(candidate -> !taken.contains(" " + candidate))
                .findFirst()
                .orElseThrow(() -> new DemoException("All networks 10.78.* are taken"));
    }

    private void connect() {
        ip("netns", "add", hub);
        on(hub, "link", "add", "name", "switch", "type", "bridge");
        on(hub, "link", "set", "switch", "up");
        String pid = Long.toString(ProcessHandle.current().pid());
        on(hub, "link", "add", "uplink", "type", "veth", "peer", "name", uplink, "netns", pid);
        on(hub, "link", "set", "uplink", "master", "switch", "up");
        ip("addr", "add", net + "254/24", "dev", uplink);
        ip("link", "set", uplink, "up");
        addresses.forEach((host, address) -> {
            String namespace = own + host;
            ip("netns", "add", namespace);
            on(namespace, "link", "set", "lo", "up");
            on(hub, "link", "add", host, "type", "veth", "peer", "name", "eth", "netns", namespace);
            on(hub, "link", "set", host, "master", "switch", "up");
            on(namespace, "addr", "add", address + "/24", "dev", "eth");
            on(namespace, "link", "set", "eth", "up");
        });
    }

    /** The addresses of all hosts, as a range. */
    String range() {
        return net + "0/24";
    }

    /** Where a server runs that has the host's name. */
    Town.Place place(String host) {
        return new Town.Place(address(host), List.of("ip", "netns", "exec", own + host));
    }

    private String address(String host) {
        String address = addresses.get(host);
        if (address == null) {
            throw new DemoException("There is no host " + host);
        }
        return address;
    }

    /** Lets nothing through between these hosts and those, in neither direction, until all is healed. */
    void cut(Collection<String> these, Collection<String> those) {
        for (String one : these) {
            for (String other : those) {
                cut(new Cut(one, other));
                cut(new Cut(other, one));
            }
        }
    }

    private void cut(Cut cut) {
        cuts.add(cut);
        on(own + cut.from(), "neigh", "replace", address(cut.to()), "lladdr", NOBODY, "nud", "permanent", "dev", "eth");
    }

    /** Lets everything through again. */
    void heal() {
        cuts.forEach(cut -> on(own + cut.from(), "neigh", "del", address(cut.to()), "dev", "eth"));
        cuts.clear();
    }

    /** Removes it, and ends what still runs on its hosts. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs too, and finds nothing.
        }
    }

    private void remove() {
        tryRun("link", "del", uplink);
        addresses.keySet().forEach(host -> remove(own + host));
        remove(hub);
    }

    private static void removeLeftovers() {
        Matcher name = NAME.matcher(ip("netns", "list"));
        while (name.find()) {
            if (ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty()) {
                remove(name.group(1));
            }
        }
    }

    private static void remove(String namespace) {
        tryRun("netns", "pids", namespace)
                .lines()
                .filter(line -> line.matches("[0-9]+"))
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .forEach(ProcessHandle::destroyForcibly);
        tryRun("netns", "del", namespace);
    }

    private static void on(String namespace, String... words) {
        List<String> all = new ArrayList<>(List.of("-n", namespace));
        all.addAll(List.of(words));
        ip(all.toArray(String[]::new));
    }

    private static String ip(String... words) {
        Result result = tryToRun(words);
        if (result.status() != 0) {
            throw new DemoException("ip " + String.join(" ", words) + ": " + result.output());
        }
        return result.output();
    }

    /** What the command wrote, or nothing when it failed. */
    private static String tryRun(String... words) {
        Result result = tryToRun(words);
        return result.status() == 0 ? result.output() : "";
    }

    private static Result tryToRun(String... words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        try {
            return run(command);
        } catch (IOException e) {
            throw new DemoException("The command ip cannot be run", e);
        }
    }

    private record Result(int status, String output) {}

    private static Result run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new Result(process.waitFor(), output.strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("Interrupted while it ran: " + command, e);
        }
    }
}
