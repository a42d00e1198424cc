package io.assent.coordinator.acceptor;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable acceptor. Requests of any number of callers are judged in turn by one thread; the records of all that wait
 * are written as one frame and forced once, and only then are the futures completed, so no reply leaves before what it
 * says is on the disk, nor before anything that was recorded earlier.
 *
 * <p>Fail-stop: when a write, an fsync or the room on the disk fails, nothing is answered any more, now or later; the
 * handler is told once, and the process should end. A new process opens what is on the disk.
 *
 * <p>What is below the horizon and LEARNED goes from memory at once and from the disk segment by segment, when everything
 * in the oldest segment is below the horizon; what is still held of it is written anew before.
 */
public final class AcceptorStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptorStore.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_AT_ONCE = 1024;
    private static final int KEPT_AT_ONCE = 512;
    private static final int CHECK_ROOM_BYTES = 1024 * 1024;
    private static final long STOP_SECONDS = 30;

    private final AcceptorStoreSettings settings;
    private final StorageFiles files;
    private final StorageDirectory directory;
    private final Acceptor acceptor;
    private final SegmentLog log;
    private final BiConsumer<String, Throwable> onFailure;
    private final BlockingQueue<Waiting> waiting;
    private final Thread writer;

    /** The last birth in each segment, by segment and incarnation; the writer's own. */
    private final Map<Integer, Map<Long, TransactionId>> lastBirths = new TreeMap<>();

    private @Nullable Long passedIncarnation;
    private long uncheckedBytes;
    private volatile int transactions;
    private volatile boolean closing;
    /** Why nobody takes what waits any more, or null while somebody does. */
    private volatile @Nullable RuntimeException stopped;

    private record Waiting(AcceptorId addressed, AcceptorRequest request, CompletableFuture<AcceptorReply> future) {}

    private record Answered(CompletableFuture<AcceptorReply> future, AcceptorReply reply) {}

    private AcceptorStore(
            AcceptorStoreSettings settings,
            StorageFiles files,
            StorageDirectory directory,
            BiConsumer<String, Throwable> onFailure) {
        this.settings = settings;
        this.files = files;
        this.directory = directory;
        this.onFailure = onFailure;
        this.acceptor = new Acceptor(directory.self(), settings.group());
        this.waiting = new ArrayBlockingQueue<>(settings.mostWaiting());
        this.log = SegmentLog.open(directory, files, (segment, record) -> {
            acceptor.apply(record);
            note(segment, record);
        });
        this.transactions = acceptor.size();
        this.writer = Thread.ofPlatform()
                .name("acceptor-" + settings.group())
                .daemon()
                .unstarted(this::run);
    }

    /**
     * Opens the storage, or founds it, and starts to serve.
     *
     * @param known this replica as acceptor, as the group's log (the records ACCEPTORS) names it; null when no record
     *     does. With it a storage that is missing, wiped or another one is refused (Q1)
     * @param onFailure told once, on the writer's thread, when the acceptor stops by itself: a sentence and its cause
     * @throws AcceptorRefusedException when the storage must not be used; its action tells an operator what to do
     */
    public static AcceptorStore open(
            AcceptorStoreSettings settings, @Nullable AcceptorId known, BiConsumer<String, Throwable> onFailure) {
        return open(settings, new StorageFiles(), known, RANDOM::nextLong, onFailure);
    }

    static AcceptorStore open(
            AcceptorStoreSettings settings,
            StorageFiles files,
            @Nullable AcceptorId known,
            LongSupplier incarnations,
            BiConsumer<String, Throwable> onFailure) {
        StorageDirectory directory = StorageDirectory.open(settings, files, known, incarnations);
        AcceptorStore store;
        try {
            checkRoom(settings, files);
            store = new AcceptorStore(settings, files, directory, onFailure);
        } catch (IOException e) {
            directory.close();
            throw new AcceptorRefusedException(
                    "The acceptor's directory " + settings.directory() + " cannot be used: " + e.getMessage() + ".",
                    "Make room on its disk.",
                    e);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
        store.writer.start();
        return store;
    }

    private static void checkRoom(AcceptorStoreSettings settings, StorageFiles files) throws IOException {
        long free = files.free(settings.directory());
        if (free < settings.leastFreeBytes()) {
            throw new IOException("only " + free + " bytes are free there, and at least " + settings.leastFreeBytes()
                    + " are needed");
        }
    }

    /** Whether there is a storage already, so that opening does not found one. */
    public static boolean isFounded(AcceptorStoreSettings settings) {
        return StorageDirectory.isFounded(settings.directory());
    }

    /**
     * Compares the storage with what the group's log names by now.
     *
     * @param known this replica as acceptor, or null when no record names it
     * @throws AcceptorRefusedException when it is another one (Q1): it must not be used any more
     */
    public void check(@Nullable AcceptorId known) {
        directory.check(known);
    }

    /** How many transactions it holds; of its last turn, any thread. */
    public int transactions() {
        return transactions;
    }

    /** Who it is: what the group's log and PREPARE must name. */
    public AcceptorId self() {
        return acceptor.self();
    }

    /**
     * Asks the acceptor. Any thread; returns at once.
     *
     * @param addressed whom the sender means
     * @return the reply, when everything it says is on the disk; callbacks run on the writer's thread and must not wait.
     *     Fails with {@link RejectedExecutionException} when too many wait: nothing was done; with
     *     {@link AcceptorFailedException} when the acceptor stopped: it may have been done
     */
    public CompletableFuture<AcceptorReply> submit(AcceptorId addressed, AcceptorRequest request) {
        CompletableFuture<AcceptorReply> future = new CompletableFuture<>();
        if (closing) {
            future.completeExceptionally(closed());
        } else if (!waiting.offer(new Waiting(addressed, request, future))) {
            future.completeExceptionally(
                    new RejectedExecutionException(settings.mostWaiting() + " requests wait for the acceptor already"));
        }
        refuseWaiting();
        return future;
    }

    private static RejectedExecutionException closed() {
        return new RejectedExecutionException("The acceptor is closed");
    }

    /** Asks on behalf of this replica itself. */
    public CompletableFuture<AcceptorReply> submit(AcceptorRequest request) {
        return submit(self(), request);
    }

    private void run() {
        List<Waiting> turn = new ArrayList<>();
        try {
            while (!closing || !waiting.isEmpty()) {
                Waiting first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    turn.add(first);
                    waiting.drainTo(turn, MOST_AT_ONCE - 1);
                    serve(turn);
                    turn.clear();
                    tidy();
                }
            }
            stopped = closed();
            refuseWaiting();
        } catch (IOException | RuntimeException | Error e) {
            fail(turn, e);
        } catch (InterruptedException e) {
            fail(turn, e);
            Thread.currentThread().interrupt();
        }
    }

    /** Judges all that wait, writes what they leave as one frame, then answers. */
    private void serve(List<Waiting> turn) throws IOException {
        List<AcceptorRecord> records = new ArrayList<>();
        List<Answered> answers = new ArrayList<>(turn.size());
        for (Waiting each : turn) {
            Acceptor.Step step = acceptor.on(each.addressed(), each.request());
            AcceptorRecord record = step.record();
            if (record != null) {
                acceptor.apply(record);
                records.add(record);
            }
            answers.add(new Answered(each.future(), step.reply()));
        }
        if (!records.isEmpty()) {
            append(records);
            transactions = acceptor.size();
        }
        answers.forEach(answer -> answer.future().complete(answer.reply()));
    }

    private void append(List<AcceptorRecord> records) throws IOException {
        long before = log.size();
        log.append(records);
        records.forEach(record -> note(log.newest(), record));
        uncheckedBytes += log.size() - before;
        if (uncheckedBytes >= CHECK_ROOM_BYTES) {
            uncheckedBytes = 0;
            checkRoom(settings, files);
        }
    }

    private void note(int segment, AcceptorRecord record) {
        switch (record) {
            case AcceptorRecord.OfTransaction r ->
                lastBirths
                        .computeIfAbsent(segment, it -> new TreeMap<>())
                        .merge(
                                r.transaction().incarnation(),
                                r.transaction(),
                                (one, other) -> one.compareTo(other) >= 0 ? one : other);
            case AcceptorRecord.HorizonPassed r -> passedIncarnation = r.incarnation();
            case AcceptorRecord.SealSet ignored -> {}
            case AcceptorRecord.RoundsUsed ignored -> {}
        }
    }

    /** Ends a full segment, and deletes old ones of which everything is forgotten. */
    private void tidy() throws IOException {
        if (log.size() >= settings.segmentBytes()) {
            checkRoom(settings, files);
            log.roll(acceptor.groupRecords());
        }
        while (log.oldest() < log.newest() && hasPassed(log.oldest())) {
            keepWhatIsHeld(log.readOldest());
            lastBirths.remove(log.oldest());
            log.dropOldest();
        }
    }

    /** Incarnations of the group other than the one that goes on forgetting end nothing: what is held of them is kept. */
    private boolean hasPassed(int segment) {
        Long incarnation = passedIncarnation;
        if (incarnation == null) {
            return false;
        }
        TransactionId last = lastBirths.getOrDefault(segment, Map.of()).get(incarnation);
        return last == null || acceptor.isForgotten(last);
    }

    private void keepWhatIsHeld(List<AcceptorRecord> records) throws IOException {
        Set<TransactionId> ids = new LinkedHashSet<>();
        for (AcceptorRecord record : records) {
            if (record instanceof AcceptorRecord.OfTransaction r) {
                ids.add(r.transaction());
            }
        }
        List<AcceptorRecord> kept = new ArrayList<>();
        for (TransactionId id : ids) {
            AcceptorRecord.OfTransaction state = acceptor.kept(id);
            if (state != null) {
                kept.add(state);
            }
            if (kept.size() == KEPT_AT_ONCE) {
                append(kept);
                kept.clear();
            }
        }
        if (!kept.isEmpty()) {
            append(kept);
        }
    }

    private void fail(List<Waiting> turn, Throwable cause) {
        String reason = "The acceptor of group " + settings.group() + " stopped: its records in "
                + settings.directory() + " cannot be kept (" + cause + "). What was not answered may or may not be on"
                + " the disk; free or repair it, then start the node again.";
        AcceptorFailedException failed = new AcceptorFailedException(reason, cause);
        stopped = failed;
        LOG.error(reason, cause);
        turn.forEach(each -> each.future().completeExceptionally(failed));
        refuseWaiting();
        onFailure.accept(reason, cause);
    }

    private void refuseWaiting() {
        RuntimeException why = stopped;
        if (why != null) {
            List<Waiting> rest = new ArrayList<>();
            waiting.drainTo(rest);
            rest.forEach(each -> each.future().completeExceptionally(why));
        }
    }

    /** Answers what waits, then releases the directory. Idempotent. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            log.close();
        } catch (IOException e) {
            LOG.warn("The acceptor's log of group {} did not close well", settings.group(), e);
        } finally {
            directory.close();
        }
    }
}
