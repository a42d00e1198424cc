package io.assent.benchmarks.delay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The process on the hub: it takes every connection between two hosts, connects on to the host that was meant, and lets
 * each byte be on its way for a given time. Connecting takes no such time, so that only what is said on connections
 * that stand is measured rightly.
 *
 * <p>Arguments are the ports on which hosts listen. Each line of its input is a new delay in microseconds, which it
 * repeats; it ends when its input does.
 */
public final class DelayProxy {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile long delayNanos;

    private DelayProxy() {}

    /** Runs it. */
    public static void main(String[] ports) throws IOException {
        DelayProxy proxy = new DelayProxy();
        for (String port : ports) {
            ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(Integer.parseInt(port)));
            proxy.threads.execute(() -> proxy.accept(server));
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                proxy.delayNanos = TimeUnit.MICROSECONDS.toNanos(Long.parseLong(line));
                System.out.println(line);
                line = lines.readLine();
            }
        }
        System.exit(0);
    }

    /** The line that sets this delay. */
    static String line(Duration delay) {
        return Long.toString(TimeUnit.NANOSECONDS.toMicros(delay.toNanos()));
    }

    private void accept(ServerSocketChannel server) {
        try {
            while (server.isOpen()) {
                SocketChannel caller = server.accept();
                threads.execute(() -> connectOn(caller));
            }
        } catch (IOException e) {
            System.err.println("No connection is taken any more: " + e);
        }
    }

    private void connectOn(SocketChannel caller) {
        try {
            // The address to which the caller connected is the wanted host's.
            SocketChannel host = SocketChannel.open(caller.getLocalAddress());
            caller.setOption(StandardSocketOptions.TCP_NODELAY, true);
            host.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Relay.connect(caller, host, () -> delayNanos, threads);
        } catch (IOException e) {
            // Nobody listens there (yet): the caller learns it from the end of its connection.
            Relay.close(caller);
        }
    }
}
