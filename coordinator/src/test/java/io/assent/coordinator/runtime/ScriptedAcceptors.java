package io.assent.coordinator.runtime;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Three acceptors, n1 to n3, of which the first one is the leader's own: real ones, in memory, that answer at once. */
final class ScriptedAcceptors implements Acceptors {

    static final AcceptorList THREE = list(1, 2, 3);

    final Map<AcceptorId, Acceptor> all = new HashMap<>();
    final List<AcceptorRequest> asked = new ArrayList<>();
    final List<AcceptorId> silent = new ArrayList<>();
    AcceptorId self = id(1);
    Optional<AcceptorList> discovered = Optional.of(THREE);

    @Nullable
    Listener listener;

    ScriptedAcceptors() {
        for (AcceptorList.Entry entry : THREE.acceptors()) {
            all.put(entry.id(), new Acceptor(entry.id(), 0));
        }
    }

    /** Acceptors n1, n2 and so on, with these incarnations of their storages. */
    static AcceptorList list(long... incarnations) {
        List<AcceptorList.Entry> entries = new ArrayList<>();
        for (long incarnation : incarnations) {
            String replica = "n" + (entries.size() + 1);
            entries.add(new AcceptorList.Entry(new AcceptorId(replica, incarnation), "http://127.0.0.1:1/" + replica));
        }
        return new AcceptorList(entries);
    }

    static AcceptorId id(int number) {
        return THREE.acceptors().get(number - 1).id();
    }

    /** What one of them says; it is done, and applied, whoever asks. */
    AcceptorReply tell(AcceptorId to, AcceptorRequest request) {
        Acceptor acceptor = all.get(to);
        if (acceptor == null) {
            return new AcceptorReply.Misaddressed(id(1));
        }
        Acceptor.Step step = acceptor.on(to, request);
        AcceptorRecord record = step.record();
        if (record != null) {
            acceptor.apply(record);
        }
        return step.reply();
    }

    @Override
    public AcceptorId self() {
        return self;
    }

    @Override
    public CompletableFuture<Optional<AcceptorList>> discover() {
        return CompletableFuture.completedFuture(discovered);
    }

    @Override
    public CompletableFuture<AcceptorReply> ask(AcceptorList.Entry to, AcceptorRequest request) {
        asked.add(request);
        return silent.contains(to.id())
                ? CompletableFuture.failedFuture(new CompletionException(new IllegalStateException("silent")))
                : CompletableFuture.completedFuture(tell(to.id(), request));
    }

    @Override
    public void listen(Listener told) {
        listener = told;
    }
}
