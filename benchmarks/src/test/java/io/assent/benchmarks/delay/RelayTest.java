package io.assent.benchmarks.delay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes through a relay arrives as it was sent; how long it takes is for the measurement to tell. */
class RelayTest {

    private static final long DELAY = Duration.ofMillis(5).toNanos();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private ServerSocketChannel server;
    private SocketChannel caller;
    private SocketChannel host;

    /** Two connections, whose inner ends are relayed to each other. */
    @BeforeEach
    void connect() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        caller = SocketChannel.open(server.getLocalAddress());
        SocketChannel fromCaller = server.accept();
        SocketChannel toHost = SocketChannel.open(server.getLocalAddress());
        host = server.accept();
        Relay.connect(fromCaller, toHost, () -> DELAY, threads);
    }

    @AfterEach
    void close() throws IOException {
        caller.close();
        host.close();
        server.close();
        threads.close();
    }

    @Test
    void every_byte_arrives_in_its_order_and_then_the_end() throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(7).nextBytes(sent);
        Future<byte[]> received = threads.submit(() -> readAll(host));

        ByteBuffer bytes = ByteBuffer.wrap(sent);
        while (bytes.hasRemaining()) {
            caller.write(bytes);
        }
        caller.shutdownOutput();

        assertThat(received.get()).isEqualTo(sent);
    }

    @Test
    void an_answer_comes_back_after_the_end_of_the_question() throws Exception {
        caller.write(ByteBuffer.wrap(new byte[] {1}));
        caller.shutdownOutput();
        assertThat(readAll(host)).containsExactly(1);

        host.write(ByteBuffer.wrap(new byte[] {2, 3}));
        host.shutdownOutput();

        assertThat(readAll(caller)).containsExactly(2, 3);
    }

    @Test
    void an_end_that_is_closed_closes_the_other() throws IOException {
        host.close();

        assertThat(readAll(caller)).isEmpty();
    }

    private static byte[] readAll(SocketChannel channel) throws IOException {
        InputStream stream = Channels.newInputStream(channel);
        return stream.readAllBytes();
    }
}
