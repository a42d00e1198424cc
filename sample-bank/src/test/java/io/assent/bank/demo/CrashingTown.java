package io.assent.bank.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A town whose coordinators die where they are told to. All of them look for armed points in one directory: whoever
 * passes a point first takes it away and dies, and nobody else.
 *
 * @param points the directory of the armed points
 */
record CrashingTown(Town town, Path points) {

    private static final Path CRASH_POINTS =
            Path.of("..", "coordinator", "target", "assent-coordinator-crash-points.jar");

    /** Nobody else leads while a test kills all: another leader would end what the dead one has begun. */
    static final String[] SLOW_ELECTIONS = {
        "-Dassent.raft.election.timeout-min=4s", "-Dassent.raft.election.timeout-max=6s"
    };

    /** The town, not started, with its files below this directory; its coordinators take these options too. */
    static CrashingTown of(Path directory, List<String> bank, String... options) throws IOException {
        Path points = directory.resolve("crash-points");
        Files.createDirectories(points);
        List<String> all = new ArrayList<>(List.of(
                "-Dassent.test.crash-points=" + points,
                // Short enough for a mark in the log every few seconds, too long for a horizon to move.
                "-Dassent.log.retention=1h"));
        all.addAll(List.of(options));
        Town town =
                new Town(QuickJar.coordinator().programWith(CRASH_POINTS, all.toArray(String[]::new)), bank, directory);
        return new CrashingTown(town, points);
    }

    /** Arms these points, the last one first: nobody may pass an earlier one while a later one is not armed. */
    void arm(List<String> armed) throws IOException {
        for (String point : armed.reversed()) {
            Files.createFile(points.resolve(point));
        }
    }

    /** Whether nobody has passed the point yet. */
    boolean isArmed(String point) {
        return Files.exists(points.resolve(point));
    }
}
