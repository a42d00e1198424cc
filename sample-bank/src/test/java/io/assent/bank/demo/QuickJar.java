package io.assent.bank.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * An executable jar taken apart, with an archive of the classes that it has loaded when it is ready: it starts with half
 * the work, which counts where servers are started more than a hundred times. Those of both servers are made once, for
 * all tests of a process.
 *
 * @param jar what {@code java -jar} starts
 * @param archive what {@code -XX:SharedArchiveFile} names; Java goes on without it when it does not fit
 */
record QuickJar(Path jar, Path archive) {

    static final Path SHIPPED_COORDINATOR = Path.of("..", "coordinator", "target", "assent-coordinator.jar");
    static final Path SHIPPED_BANK = Path.of("target", "assent-bank.jar");

    private static final Path DIRECTORY = Path.of("target", "quick").toAbsolutePath();
    private static final long END_SECONDS = 120;
    private static final SingletonSupplier<Both> BOTH = SingletonSupplier.of(Both::make);

    static QuickJar coordinator() {
        return BOTH.obtain().coordinator();
    }

    static QuickJar bank() {
        return BOTH.obtain().bank();
    }

    /** What Java runs, with more options of it. */
    List<String> program(String... options) {
        return words(options, "-jar", jar.toString());
    }

    /** The same with a library more, which comes last: else the archive would not fit. */
    List<String> programWith(Path library, String... options) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            String main = file.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
            return words(options, "-cp", jar + File.pathSeparator + library, main);
        }
    }

    private List<String> words(String[] options, String... program) {
        return Stream.of(Stream.of("-XX:SharedArchiveFile=" + archive), Stream.of(options), Stream.of(program))
                .flatMap(words -> words)
                .toList();
    }

    private static QuickJar extract(String name, Path executable) throws IOException {
        Path directory = DIRECTORY.resolve(name);
        Server tool = new Server(
                "extract-" + name,
                URI.create("http://127.0.0.1:1"),
                Server.java(
                        List.of("-Djarmode=tools", "-jar", executable.toString()),
                        List.of("extract", "--destination", directory.toString())),
                DIRECTORY);
        tool.start();
        Patience.until(executable + " is taken apart", BusyTown.START, () -> !tool.isAlive());
        require(tool.exitStatus() == 0, tool);
        return new QuickJar(directory.resolve(executable.getFileName()), DIRECTORY.resolve(name + ".jsa"));
    }

    private static void require(boolean fine, Server server) {
        if (!fine) {
            throw new DemoException(server.lastWords());
        }
    }

    /** The server, alone, so that it writes the archive when it ends. */
    private Server recorded(String name, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            all.add("--server.port=" + free.getLocalPort());
            return new Server(
                    name,
                    URI.create("http://127.0.0.1:" + free.getLocalPort()),
                    Server.java(List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar.toString()), all),
                    DIRECTORY);
        }
    }

    /** The two servers. */
    private record Both(QuickJar coordinator, QuickJar bank) {

        private static Both make() {
            try {
                FileSystemUtils.deleteRecursively(DIRECTORY);
                Files.createDirectories(DIRECTORY);
                Both both = new Both(extract("coordinator", SHIPPED_COORDINATOR), extract("bank", SHIPPED_BANK));
                both.writeArchives();
                return both;
            } catch (IOException e) {
                throw new UncheckedIOException("The servers cannot be made quick", e);
            }
        }

        private void writeArchives() throws IOException {
            List<Server> servers = List.of(
                    coordinator.recorded("coordinator", "--assent.node.data-dir=" + DIRECTORY.resolve("nothing")),
                    bank.recorded(
                            "bank",
                            "--assent.participant.id=nobody",
                            "--assent.coordinators=http://127.0.0.1:1",
                            "--bank.data-dir=" + DIRECTORY.resolve("nothing-either")));
            Questions questions = Questions.patient(Duration.ofSeconds(10));
            try {
                servers.forEach(Server::start);
                for (Server server : servers) {
                    Patience.until(server.name() + " is ready", BusyTown.START, () -> {
                        require(server.isAlive(), server);
                        return questions.isReady(server);
                    });
                }
                servers.forEach(Server::askToStop);
                servers.forEach(server -> server.stop(END_SECONDS));
            } finally {
                servers.forEach(Server::kill);
            }
            require(Files.exists(coordinator.archive()), servers.getFirst());
            require(Files.exists(bank.archive()), servers.getLast());
        }
    }
}
