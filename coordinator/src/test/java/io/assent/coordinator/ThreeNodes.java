package io.assent.coordinator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Three real nodes, n1 to n3, in one process, each with its own directory and ports. */
final class ThreeNodes implements AutoCloseable {

    private final Path directory;
    private final List<String> common;
    private final Map<Integer, ConfigurableApplicationContext> running = new TreeMap<>();
    private final List<Integer> ports = freePorts(6);

    /**
     * None runs yet.
     *
     * @param directory where each has its data, in a directory of its name
     * @param common settings of all, as arguments of the command line
     */
    ThreeNodes(Path directory, String... common) {
        this.directory = directory;
        this.common = List.of(common);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> free =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return free;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void startAll() {
        for (int number = 1; number <= 3; number++) {
            start(number);
        }
    }

    /** Returns when it serves requests; whether it is ready is another question. */
    void start(int number) {
        List<String> settings = new ArrayList<>(common);
        settings.add("--server.port=" + ports.get(number - 1));
        settings.add("--assent.node.id=n" + number);
        settings.add("--assent.node.data-dir=" + dataOf(number));
        for (int i = 0; i < 3; i++) {
            String node = "--assent.cluster.nodes[" + i + "].";
            settings.add(node + "id=n" + (i + 1));
            settings.add(node + "url=http://127.0.0.1:" + ports.get(i));
            settings.add(node + "raft=127.0.0.1:" + ports.get(i + 3));
        }
        running.put(
                number,
                new SpringApplicationBuilder(CoordinatorApplication.class).run(settings.toArray(String[]::new)));
    }

    void stop(int number) {
        context(number).close();
        running.remove(number);
    }

    Path dataOf(int number) {
        return directory.resolve("n" + number);
    }

    Api api(int number) {
        return new Api(ports.get(number - 1));
    }

    /** The parts of one that runs. */
    ConfigurableApplicationContext context(int number) {
        ConfigurableApplicationContext context = running.get(number);
        if (context == null) {
            throw new NoSuchElementException("n" + number + " does not run");
        }
        return context;
    }

    /** The parts of all that run. */
    List<ConfigurableApplicationContext> contexts() {
        return List.copyOf(running.values());
    }

    @Override
    public void close() {
        running.values().forEach(ConfigurableApplicationContext::close);
        running.clear();
    }
}
