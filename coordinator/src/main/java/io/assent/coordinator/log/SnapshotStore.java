package io.assent.coordinator.log;

import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.GroupStateCodec;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of one group: a file for each with its MD5 sum beside it, in a directory that holds nothing else, because
 * the engine replaces it whole when it installs a snapshot of the leader.
 */
final class SnapshotStore {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private @Nullable File temporary;

    void open(RaftStorage raftStorage) throws IOException {
        storage.init(raftStorage);
        temporary = raftStorage.getStorageDir().getTmpDir();
    }

    /** What the engine sees. */
    StateMachineStorage engineView() {
        return storage;
    }

    /** The newest snapshot, or null. */
    @Nullable
    SingleFileSnapshotInfo latest() {
        return storage.getLatestSnapshot();
    }

    /** The newest snapshot after the directory was replaced, or null. */
    @Nullable
    SingleFileSnapshotInfo latestInstalled() {
        return storage.loadLatestSnapshot();
    }

    /**
     * Writes a snapshot; when this returns it is on the disk and the log before it may go.
     *
     * @param state held still by the caller
     * @param at the last entry that it contains
     */
    void write(GroupState state, TermIndex at) throws IOException {
        Path directory = temporaryDirectory();
        Files.createDirectories(directory);
        checkRoom(directory);
        Path part = directory.resolve("snapshot.part");
        MessageDigest digest = MD5FileUtil.newMD5();
        try {
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(
                    new DigestOutputStream(Files.newOutputStream(part), digest), BUFFER_BYTES))) {
                GroupStateCodec.write(state, out);
            }
            DurableFiles.force(part);
            File file = storage.getSnapshotFile(at.getTerm(), at.getIndex());
            MD5Hash sum = MD5Hash.newInstance(digest.digest());
            // The sum comes first: a snapshot without one, after a crash here, would not be trusted.
            MD5FileUtil.saveMD5File(file, sum);
            DurableFiles.moveInto(part, file.toPath());
            storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file.toPath(), sum), at));
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A snapshot must not be what fills the disk. */
    private void checkRoom(Path directory) throws IOException {
        SingleFileSnapshotInfo last = latest();
        long needed = last == null ? 0 : 2 * last.getFile().getFileSize();
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < needed) {
            throw new IOException("A snapshot may need " + needed + " bytes, and " + free + " are free");
        }
    }

    /**
     * Reads a snapshot.
     *
     * @throws IOException when it does not match its sum, or cannot be read
     */
    GroupState read(SingleFileSnapshotInfo snapshot) throws IOException {
        Path file = snapshot.getFile().getPath();
        MD5Hash expected = snapshot.getFile().getFileDigest();
        MessageDigest digest = MD5FileUtil.newMD5();
        GroupState state;
        try (DigestInputStream bytes = new DigestInputStream(Files.newInputStream(file), digest);
                DataInputStream in = new DataInputStream(new BufferedInputStream(bytes, BUFFER_BYTES))) {
            state = GroupStateCodec.read(in);
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException | RuntimeException e) {
            throw new IOException("The snapshot " + file + " cannot be read", e);
        }
        MD5Hash sum = MD5Hash.newInstance(digest.digest());
        if (!sum.equals(expected)) {
            throw new IOException(
                    "The snapshot " + file + " does not match its sum: " + sum + " instead of " + expected);
        }
        return state;
    }

    /**
     * Puts what the engine received of a leader's snapshot on the disk. The engine does not, and it drops the log that
     * the snapshot replaces as soon as it has moved the files into place.
     */
    void forceReceived() throws IOException {
        DurableFiles.forceTree(temporaryDirectory());
    }

    private Path temporaryDirectory() {
        File directory = temporary;
        if (directory == null) {
            throw new IllegalStateException("The snapshot store is not open");
        }
        return directory.toPath();
    }
}
