package io.assent.bank.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

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

    /** Passes a point before the step and one after it. */
    <T> T around(String step, Supplier<T> work) {
        pass("before-" + step);
        T result = work.get();
        pass("after-" + step);
        return result;
    }

    /** The process is at this point. */
    public void pass(String point) {
        try {
            if (Files.deleteIfExists(directory.resolve(point))) {
                Runtime.getRuntime().halt(KILLED);
            }
        } catch (IOException e) {
            throw new IllegalStateException("Crash point " + point + " cannot be read", e);
        }
    }
}
