package io.assent.bank.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three coordinators and two banks, on free ports of the loopback interface unless they are given other places. */
final class Town {

    private static final int COORDINATORS = 3;

    private final List<Server> coordinators = new ArrayList<>();
    private final Server bankA;
    private final Server bankB;
    private final Path directory;

    /**
     * Where a server runs.
     *
     * @param address what it listens on; everybody finds it there
     * @param prefix the words before its command line that bring it there
     */
    record Place(String address, List<String> prefix) {

        private static final Place HERE = new Place("127.0.0.1", List.of());
    }

    /**
     * A town whose servers are not started yet.
     *
     * @param directory an empty directory for everything that the servers write
     */
    Town(Path coordinatorJar, Path bankJar, Path directory) {
        this(Server.program(coordinatorJar), Server.program(bankJar), directory);
    }

    /**
     * The same, with what Java runs in place of the jars.
     *
     * @param directory an empty directory for everything that the servers write
     */
    Town(List<String> coordinator, List<String> bank, Path directory) {
        this(coordinator, bank, directory, name -> Place.HERE);
    }

    /**
     * The same, with a place for each server, by its name.
     *
     * @param directory an empty directory for everything that the servers write
     */
    Town(List<String> coordinator, List<String> bank, Path directory, Function<String, Place> places) {
        this.directory = directory;
        List<Integer> ports = freePorts(2 * COORDINATORS + 2);
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < COORDINATORS; i++) {
            Place place = places.apply(coordinatorName(i));
            String node = "--assent.cluster.nodes[" + i + "].";
            cluster.add(node + "id=" + coordinatorName(i));
            cluster.add(node + "url=" + url(place, ports.get(2 * i)));
            cluster.add(node + "raft=" + place.address() + ":" + ports.get(2 * i + 1));
        }
        for (int i = 0; i < COORDINATORS; i++) {
            String name = coordinatorName(i);
            List<String> arguments = new ArrayList<>(cluster);
            arguments.add("--assent.node.id=" + name);
            arguments.add("--assent.node.data-dir=" + dataOf(name));
            coordinators.add(server(name, places.apply(name), ports.get(2 * i), coordinator, arguments));
        }
        // One bank asks for early votes, the other does not, so that both ways to commit are under way at every kill.
        bankA = bank("bank-a", places, ports.get(2 * COORDINATORS), bank, true);
        bankB = bank("bank-b", places, ports.get(2 * COORDINATORS + 1), bank, false);
    }

    private static String coordinatorName(int index) {
        return "n" + (index + 1);
    }

    private Server bank(
            String id, Function<String, Place> places, int port, List<String> program, boolean prepareEarly) {
        String urls =
                coordinators.stream().map(server -> server.url().toString()).collect(Collectors.joining(","));
        Place place = places.apply(id);
        List<String> arguments = List.of(
                "--assent.participant.id=" + id,
                "--assent.participant.url=" + url(place, port),
                "--assent.coordinators=" + urls,
                "--bank.transfer.prepare-early=" + prepareEarly,
                // Only three-phase commit makes use of it: the banks may ask each other.
                "--assent.participant.peers=true",
                "--bank.data-dir=" + dataOf(id));
        return server(id, place, port, program, arguments);
    }

    private Server server(String name, Place place, int port, List<String> program, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--server.address=" + place.address());
        all.add("--server.port=" + port);
        List<String> command = new ArrayList<>(place.prefix());
        command.addAll(Server.java(program, all));
        return new Server(name, url(place, port), command, directory);
    }

    private static URI url(Place place, int port) {
        return URI.create("http://" + place.address() + ":" + port);
    }

    /** Ports that were free a moment ago, all different. */
    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException("No free port", e);
        }
    }

    /** The directory in which a server keeps its data, by its name. */
    Path dataOf(String server) {
        return directory.resolve(server);
    }

    /** The files of the banks' databases, as a JDBC URL names them, by the bank's name. */
    Map<String, Path> databases() {
        Map<String, Path> files = new TreeMap<>();
        banks().forEach(bank ->
                files.put(bank.name(), dataOf(bank.name()).resolve("bank").toAbsolutePath()));
        return files;
    }

    List<Server> coordinators() {
        return coordinators;
    }

    Server bankA() {
        return bankA;
    }

    Server bankB() {
        return bankB;
    }

    List<Server> banks() {
        return List.of(bankA, bankB);
    }

    List<Server> all() {
        return Stream.concat(coordinators.stream(), banks().stream()).toList();
    }

    Server coordinator(String id) {
        return coordinators.stream()
                .filter(server -> server.name().equals(id))
                .findFirst()
                .orElseThrow(() -> new DemoException("There is no coordinator " + id));
    }

    /** Stops everything, within half a minute at most; leaves no process behind. */
    void stop() {
        all().forEach(Server::askToStop);
        all().forEach(server -> server.stop(15));
    }
}
