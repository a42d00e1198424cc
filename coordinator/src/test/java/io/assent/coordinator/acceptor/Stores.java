package io.assent.coordinator.acceptor;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.Births;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Words for tests of storages: one replica of the imaginary group, small segments. */
final class Stores {

    static final String REPLICA = "n1";
    static final Registered J =
            new Registered(List.of(new Address("bank-a", "http://bank-a"), new Address("bank-b", "http://bank-b")));

    private static final AtomicLong BALLOTS = new AtomicLong(1_000_000);

    private Stores() {}

    static AcceptorStoreSettings settings(Path directory) {
        return new AcceptorStoreSettings(directory, REPLICA, Births.GROUP, 4096, 50_000, 1024);
    }

    static AcceptorStore open(Path directory) {
        return open(directory, null);
    }

    static AcceptorStore open(Path directory, @Nullable AcceptorId known) {
        return AcceptorStore.open(settings(directory), known, (reason, cause) -> {
            throw new AssertionError(reason, cause);
        });
    }

    static TransactionId born(long sequence) {
        return Births.born(5, sequence, Protocol.PAXOS_COMMIT);
    }

    static AcceptorRequest vote(long sequence) {
        return new AcceptorRequest.VoteBundle(born(sequence), J, List.of("bank-a"));
    }

    static AcceptorRequest promise(long sequence, long ballot) {
        return new AcceptorRequest.Phase1a(born(sequence), new Ballot(ballot));
    }

    static AcceptorRequest learned(long sequence) {
        return new AcceptorRequest.Learned(born(sequence));
    }

    static AcceptorRequest forget(long sequence) {
        return new AcceptorRequest.Forget(Births.INCARNATION, new Horizon(5, sequence));
    }

    static AcceptorReply ask(AcceptorStore store, AcceptorRequest request) {
        try {
            return store.submit(request).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("No reply to " + request, e);
        }
    }

    /** Whether it has the vote; asking is a promise, so no vote comes through afterwards. */
    static boolean hasVote(AcceptorStore store, long sequence) {
        return isVote(ask(store, promise(sequence, BALLOTS.incrementAndGet())));
    }

    /** Those of the transactions of which it has the vote; asked side by side. */
    static List<Long> votes(AcceptorStore store, LongStream sequences) {
        Map<Long, CompletableFuture<AcceptorReply>> replies = new TreeMap<>();
        sequences.forEach(
                sequence -> replies.put(sequence, store.submit(promise(sequence, BALLOTS.incrementAndGet()))));
        replies.values().removeIf(reply -> !isVote(reply.join()));
        return List.copyOf(replies.keySet());
    }

    private static boolean isVote(AcceptorReply reply) {
        return reply instanceof AcceptorReply.Phase1b promise
                && promise.registrar() != null
                && promise.branches().containsKey("bank-a");
    }

    static List<Path> segments(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("segment-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy of a storage that is not open. */
    static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        List<Path> files = new ArrayList<>();
        try (Stream<Path> list = Files.list(from)) {
            list.forEach(files::add);
        }
        for (Path file : files) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
        return to;
    }
}
