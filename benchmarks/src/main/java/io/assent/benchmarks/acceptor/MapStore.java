package io.assent.benchmarks.acceptor;

import java.nio.file.Path;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** H2's MVStore: a map on the disk, committed and forced once for each turn. */
final class MapStore implements GroupCommit.Sink {

    private final MVStore store;
    private final MVMap<Long, byte[]> map;

    MapStore(Path directory) {
        store = new MVStore.Builder()
                .fileName(directory.resolve("map").toString())
                .autoCommitDisabled()
                .open();
        map = store.openMap("votes");
    }

    @Override
    public void write(List<GroupCommit.Numbered> votes) {
        votes.forEach(vote -> map.put(vote.number(), vote.bytes()));
        store.commit();
        store.sync();
    }

    @Override
    public void release() {
        store.closeImmediately();
    }
}
