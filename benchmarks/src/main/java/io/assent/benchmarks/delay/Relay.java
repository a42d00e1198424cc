package io.assent.benchmarks.delay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * One direction of a connection: what is read from one end is written to the other a given time later, in its order.
 * Reading goes on meanwhile, so that the time is added to each byte and not to each chunk.
 */
final class Relay {

    private static final int CHUNK = 64 * 1024;

    /** As much as a fast network has under way within the longest delay that is of use. */
    private static final int CHUNKS_UNDER_WAY = 4_096;

    private final SocketChannel from;
    private final SocketChannel to;
    private final LongSupplier delayNanos;
    private final AtomicInteger directions;
    private final BlockingQueue<Chunk> underWay = new LinkedBlockingQueue<>(CHUNKS_UNDER_WAY);

    /**
     * Some bytes.
     *
     * @param bytes none at the end of the stream
     * @param due when they arrive, by {@link System#nanoTime}
     */
    private record Chunk(ByteBuffer bytes, long due) {}

    private Relay(SocketChannel from, SocketChannel to, LongSupplier delayNanos, AtomicInteger directions) {
        this.from = from;
        this.to = to;
        this.delayNanos = delayNanos;
        this.directions = directions;
    }

    /** Connects two ends in both directions, until they are closed. */
    static void connect(SocketChannel one, SocketChannel other, LongSupplier delayNanos, ExecutorService threads) {
        AtomicInteger directions = new AtomicInteger(2);
        new Relay(one, other, delayNanos, directions).start(threads);
        new Relay(other, one, delayNanos, directions).start(threads);
    }

    private void start(ExecutorService threads) {
        threads.execute(this::read);
        threads.execute(this::write);
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        try {
            int count;
            do {
                buffer.clear();
                count = readInto(buffer);
                long due = System.nanoTime() + delayNanos.getAsLong();
                ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, count));
                bytes.put(buffer.flip()).flip();
                underWay.put(new Chunk(bytes, due));
            } while (count > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many bytes came; a connection that breaks has ended, too. */
    private int readInto(ByteBuffer buffer) {
        try {
            return from.read(buffer);
        } catch (IOException e) {
            buffer.clear();
            return -1;
        }
    }

    private void write() {
        try {
            Chunk chunk = next();
            while (chunk.bytes().hasRemaining()) {
                while (chunk.bytes().hasRemaining()) {
                    to.write(chunk.bytes());
                }
                chunk = next();
            }
            to.shutdownOutput();
            if (directions.decrementAndGet() == 0) {
                closeBoth();
            }
        } catch (IOException e) {
            closeBoth();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closeBoth();
        }
    }

    private Chunk next() throws InterruptedException {
        Chunk chunk = underWay.take();
        long left = chunk.due() - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = chunk.due() - System.nanoTime();
        }
        return chunk;
    }

    private void closeBoth() {
        close(from);
        close(to);
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("A socket cannot be closed", e);
        }
    }
}
