package io.assent.coordinator.acceptor;

import io.assent.protocol.AcceptorId;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of an acceptor, held by one process at a time. A small file says whose it is, which incarnation of the
 * storage it is (Q1), and which segments there must be; it is the last thing that is written when the directory is
 * founded. Not for several threads.
 */
final class StorageDirectory implements AutoCloseable {

    private static final String FILE = "acceptor";
    private static final String JOIN_ANEW =
            "If a volume is not mounted, mount it. If the data are lost, do not start this"
                    + " replica under its old id: what it has promised is not known any more. Let the others go on, move"
                    + " all that is left out of the data directory, and start this node with assent.cluster.join, the URL"
                    + " of another node: it comes back as a new replica.";

    private final Path root;
    private final StorageFiles files;
    private final FileChannel lock;
    private final AcceptorId self;
    private final int group;
    private int oldest;
    private int newest;

    private StorageDirectory(AcceptorStoreSettings settings, StorageFiles files, FileChannel lock, AcceptorId self) {
        this.root = settings.directory();
        this.files = files;
        this.lock = lock;
        this.self = self;
        this.group = settings.group();
    }

    /**
     * Takes the directory, and founds it when it is empty and nobody knows this replica as an acceptor.
     *
     * @param known this replica as the group's log names it, or null when it does not
     * @param incarnations random numbers for a new storage
     * @throws AcceptorRefusedException when it is another's, or something is gone from it
     */
    static StorageDirectory open(
            AcceptorStoreSettings settings, StorageFiles files, @Nullable AcceptorId known, LongSupplier incarnations) {
        Path root = settings.directory();
        FileChannel lock = lock(root);
        try {
            Path file = root.resolve(FILE);
            StorageDirectory directory = Files.exists(file)
                    ? existing(settings, files, lock, known)
                    : found(settings, files, lock, known, incarnations);
            directory.checkSegments();
            return directory;
        } catch (IOException e) {
            closeQuietly(lock);
            throw unusable(root, e);
        } catch (RuntimeException e) {
            closeQuietly(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path root) {
        try {
            Files.createDirectories(root);
            FileChannel channel =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                // Held by this process: the same answer.
            }
            channel.close();
        } catch (IOException e) {
            throw unusable(root, e);
        }
        throw new AcceptorRefusedException(
                "Another process uses the acceptor's directory " + root + ".",
                "Stop it, or give this node a directory of its own.",
                null);
    }

    private static void closeQuietly(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new IllegalStateException("The lock of the acceptor's directory cannot be released", e);
        }
    }

    static AcceptorRefusedException unusable(Path root, IOException cause) {
        return new AcceptorRefusedException(
                "The acceptor's directory " + root + " cannot be used: " + cause + ".",
                "Check that it is mounted, its owner and its rights.",
                cause);
    }

    private static StorageDirectory existing(
            AcceptorStoreSettings settings, StorageFiles files, FileChannel lock, @Nullable AcceptorId known)
            throws IOException {
        Path file = settings.directory().resolve(FILE);
        Properties content = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            content.load(reader);
        }
        AcceptorId self;
        StorageDirectory directory;
        try {
            if (!content.getProperty("format", "").equals("1")) {
                throw new IllegalArgumentException("its format is not 1");
            }
            self = AcceptorId.of(content.getProperty("replica", ""), content.getProperty("incarnation", ""));
            directory = new StorageDirectory(settings, files, lock, self);
            directory.oldest = Integer.parseInt(content.getProperty("oldest", ""));
            directory.newest = Integer.parseInt(content.getProperty("newest", ""));
        } catch (IllegalArgumentException e) {
            throw new AcceptorRefusedException(
                    "The file " + file + " cannot be read: " + e.getMessage() + ".",
                    "Run the version that wrote it. If it is damaged: " + JOIN_ANEW,
                    e);
        }
        String group = content.getProperty("group", "");
        if (!self.replica().equals(settings.replica()) || !group.equals(Integer.toString(settings.group()))) {
            throw new AcceptorRefusedException(
                    "The acceptor's data in " + settings.directory() + " belong to replica \"" + self.replica()
                            + "\" of group " + group + ", and this is replica \"" + settings.replica()
                            + "\" of group " + settings.group() + ".",
                    "Give each replica the directory that it was created with.",
                    null);
        }
        directory.check(known);
        return directory;
    }

    private static StorageDirectory found(
            AcceptorStoreSettings settings,
            StorageFiles files,
            FileChannel lock,
            @Nullable AcceptorId known,
            LongSupplier incarnations)
            throws IOException {
        Path root = settings.directory();
        if (known != null) {
            throw new AcceptorRefusedException(
                    "The group knows this replica as acceptor " + known + ", and there are no data of it in " + root
                            + ".",
                    JOIN_ANEW,
                    null);
        }
        for (Path segment : numbered(root).values()) {
            if (Files.size(segment) > 0) {
                throw new AcceptorRefusedException(
                        "The file " + root.resolve(FILE) + ", which says whose data " + segment + " and others are,"
                                + " is gone.",
                        JOIN_ANEW,
                        null);
            }
        }
        long incarnation = 0;
        while (incarnation == 0) {
            incarnation = incarnations.getAsLong();
        }
        StorageDirectory directory =
                new StorageDirectory(settings, files, lock, new AcceptorId(settings.replica(), incarnation));
        Files.write(directory.segment(1), new byte[0]);
        Watermark.create(directory.watermark(), files).close();
        directory.set(1, 1);
        files.forceDirectory(root.toAbsolutePath().resolveSibling("."));
        return directory;
    }

    /** Whether a directory was founded before: it says whose it is. */
    static boolean isFounded(Path root) {
        return Files.exists(root.resolve(FILE));
    }

    /** Refuses the directory when this replica is known as another acceptor (Q1). */
    void check(@Nullable AcceptorId known) {
        if (known != null && !known.equals(self)) {
            throw new AcceptorRefusedException(
                    "The group knows this replica as acceptor " + known + ", and the data in " + root + " are of "
                            + self + ".",
                    JOIN_ANEW,
                    null);
        }
    }

    /** All that must be there is; what a crash left over goes. */
    private void checkSegments() throws IOException {
        NavigableMap<Integer, Path> present = numbered(root);
        for (int number = oldest; number <= newest; number++) {
            if (!present.containsKey(number)) {
                throw new AcceptorRefusedException(
                        "The segment " + segment(number) + " of the acceptor is gone.", JOIN_ANEW, null);
            }
        }
        if (!present.isEmpty() && present.lastKey() > newest + 1) {
            throw new AcceptorRefusedException(
                    "The acceptor's directory " + root + " holds " + present.get(present.lastKey())
                            + ", and its newest segment should be " + newest + ": the file " + root.resolve(FILE)
                            + " is older than the segments.",
                    JOIN_ANEW,
                    null);
        }
        for (var entry : present.entrySet()) {
            // Below: deleted already, but for a crash. Above: begun, but nothing in it was answered for.
            if (entry.getKey() < oldest || entry.getKey() > newest) {
                Files.delete(entry.getValue());
            }
        }
    }

    private static NavigableMap<Integer, Path> numbered(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> list = Files.list(root)) {
            paths = list.toList();
        }
        NavigableMap<Integer, Path> segments = new TreeMap<>();
        for (Path path : paths) {
            String name = String.valueOf(path.getFileName());
            if (name.matches("segment-[0-9]{9}")) {
                segments.put(Integer.parseInt(name.substring(8)), path);
            }
        }
        return segments;
    }

    /** Whose it is. */
    AcceptorId self() {
        return self;
    }

    int oldest() {
        return oldest;
    }

    int newest() {
        return newest;
    }

    Path segment(int number) {
        return root.resolve(String.format(Locale.ROOT, "segment-%09d", number));
    }

    Path watermark() {
        return root.resolve("watermark");
    }

    /** From now on these segments must be there; on the disk when this returns. */
    void set(int newOldest, int newNewest) throws IOException {
        files.replace(
                root.resolve(FILE),
                "# The records of an acceptor; see the node's log before you change or delete anything.\nformat=1\nreplica="
                        + self.replica() + "\ngroup=" + group + "\nincarnation=" + self.incarnationText() + "\noldest="
                        + newOldest + "\nnewest=" + newNewest + "\n");
        oldest = newOldest;
        newest = newNewest;
    }

    @Override
    public void close() {
        closeQuietly(lock);
    }
}
