package io.assent.coordinator.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Halts the process, as kill -9 does, when it passes a point whose file exists in a directory. The file is deleted
 * first, so that the process does not die again at once when it comes back, and so that a test sees that the point was
 * hit.
 */
public final class CrashPoints {

    private static final int KILLED = 137;

    private final Path directory;

    /** Points are armed by files in this directory. */
    public CrashPoints(Path directory) {
        this.directory = directory;
    }

    /** The words of a type's name, as they stand in a point's: one-phase-result. */
    static String nameOf(Object thing) {
        return thing.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    /** The process is at this point. One thread at a time: while the process ends, no other one passes a point. */
    public synchronized void pass(String point) {
        try {
            if (Files.deleteIfExists(directory.resolve(point))) {
                Runtime.getRuntime().halt(KILLED);
            }
        } catch (IOException e) {
            throw new IllegalStateException("Crash point " + point + " cannot be read", e);
        }
    }
}
