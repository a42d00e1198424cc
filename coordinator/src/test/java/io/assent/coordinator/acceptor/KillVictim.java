package io.assent.coordinator.acceptor;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * The process that is killed: it votes, learns and forgets without end, and writes a line for each vote that was
 * answered. Arguments: the directory, the first sequence number.
 */
final class KillVictim {

    private static final int IN_FLIGHT = 64;
    private static final int BEHIND = 500;

    private final AcceptorStore store;
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private final Deque<CompletableFuture<?>> sent = new ArrayDeque<>();

    private KillVictim(AcceptorStore store) {
        this.store = store;
    }

    public static void main(String[] arguments) throws InterruptedException {
        KillVictim victim = new KillVictim(Stores.open(Path.of(arguments[0])));
        for (long sequence = Long.parseLong(arguments[1]); true; sequence++) {
            victim.vote(sequence);
            if (sequence % 100 == 99 && sequence > BEHIND) {
                victim.forget(sequence - BEHIND);
            }
        }
    }

    private void vote(long sequence) throws InterruptedException {
        places.acquire();
        send(store.submit(Stores.vote(sequence)).thenAccept(reply -> {
            // The writer's thread alone prints.
            System.out.println(sequence);
            places.release();
        }));
    }

    private void forget(long last) {
        for (long i = last - 99; i <= last; i++) {
            send(store.submit(Stores.learned(i)));
        }
        send(store.submit(Stores.forget(last)));
    }

    private void send(CompletableFuture<?> future) {
        sent.add(future);
        while (sent.size() > IN_FLIGHT) {
            sent.remove();
        }
    }
}
