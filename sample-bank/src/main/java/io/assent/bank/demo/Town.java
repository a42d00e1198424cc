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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Three coordinators and two banks on free ports of the loopback interface. */
final class Town {

    private static final int COORDINATORS = 3;

    private final List<Server> coordinators = new ArrayList<>();
    private final Server bankA;
    private final Server bankB;
    private final Path directory;

    /**
     * A town whose servers are not started yet.
     *
     * @param directory an empty directory for everything that the servers write
     */
    Town(Path coordinatorJar, Path bankJar, Path directory) {
        this(coordinatorJar, bankJar, directory, List.of(), List.of());
    }

    /**
     * A town whose servers are started with more options of Java.
     *
     * @param directory an empty directory for everything that the servers write
     */
    Town(Path coordinatorJar, Path bankJar, Path directory, List<String> coordinatorOptions, List<String> bankOptions) {
        this.directory = directory;
        List<Integer> ports = freePorts(2 * COORDINATORS + 2);
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < COORDINATORS; i++) {
            String node = "--assent.cluster.nodes[" + i + "].";
            cluster.add(node + "id=n" + (i + 1));
            cluster.add(node + "url=" + url(ports.get(2 * i)));
            cluster.add(node + "raft=127.0.0.1:" + ports.get(2 * i + 1));
        }
        for (int i = 0; i < COORDINATORS; i++) {
            List<String> arguments = new ArrayList<>(cluster);
            arguments.add("--assent.node.id=n" + (i + 1));
            arguments.add("--assent.node.data-dir=" + directory.resolve("n" + (i + 1)));
            arguments.add("--server.port=" + ports.get(2 * i));
            coordinators.add(new Server(
                    "n" + (i + 1),
                    url(ports.get(2 * i)),
                    Server.java(coordinatorOptions, coordinatorJar, arguments),
                    directory));
        }
        // One bank asks for early votes, the other does not, so that both ways to commit are under way at every kill.
        bankA = bank("bank-a", ports.get(2 * COORDINATORS), bankOptions, bankJar, true);
        bankB = bank("bank-b", ports.get(2 * COORDINATORS + 1), bankOptions, bankJar, false);
    }

    private Server bank(String id, int port, List<String> options, Path jar, boolean prepareEarly) {
        String urls =
                coordinators.stream().map(server -> server.url().toString()).collect(Collectors.joining(","));
        return new Server(
                id,
                url(port),
                Server.java(
                        options,
                        jar,
                        List.of(
                                "--server.port=" + port,
                                "--assent.participant.id=" + id,
                                "--assent.coordinators=" + urls,
                                "--bank.transfer.prepare-early=" + prepareEarly,
                                // Only three-phase commit makes use of it: the banks may ask each other.
                                "--assent.participant.peers=true",
                                "--bank.data-dir=" + dataOf(id))),
                directory);
    }

    private static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
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

    private Path dataOf(String bank) {
        return directory.resolve(bank);
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
