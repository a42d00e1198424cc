package io.assent.coordinator.acceptor;

import static io.assent.coordinator.acceptor.Stores.ask;
import static io.assent.coordinator.acceptor.Stores.open;
import static io.assent.coordinator.acceptor.Stores.votes;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.paxoscommit.AcceptorReply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of a process in the middle of its writes, again and again over the same files. */
class AcceptorKillTest {

    private static final int KILLS = Integer.getInteger("assent.acceptor.kills", 5);

    @TempDir
    private Path directory;

    @Test
    void everyAnsweredRecordIsThereAfterwards() throws Exception {
        long first = 0;
        int all = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            List<Long> answered = answeredUntilKilled(first, 1_500 + 400 * kill);
            long last = answered.stream().mapToLong(Long::longValue).max().orElseThrow();
            try (AcceptorStore store = open(directory)) {
                Set<Long> lost = new TreeSet<>(answered);
                votes(store, answered.stream().mapToLong(Long::longValue)).forEach(lost::remove);
                lost.removeIf(sequence -> isForgotten(store, sequence));
                assertThat(lost).as("after kill %s", kill).isEmpty();
            }
            all += answered.size();
            first = last + 1_000;
        }
        System.out.println(KILLS + " kills, " + all + " answered votes, all there");
    }

    private static boolean isForgotten(AcceptorStore store, long sequence) {
        return ask(store, Stores.vote(sequence)) instanceof AcceptorReply.Rejected rejected
                && rejected.reason() == AcceptorReply.Reason.FORGOTTEN;
    }

    private List<Long> answeredUntilKilled(long first, int enough) throws IOException, InterruptedException {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillVictim.class.getName(),
                        directory.toString(),
                        Long.toString(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Long> answered = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.matches("[0-9]+")) {
                    answered.add(Long.parseLong(line));
                }
                if (answered.size() == enough) {
                    new ProcessBuilder("kill", "-9", Long.toString(victim.pid()))
                            .start()
                            .waitFor();
                }
            }
        }
        assertThat(victim.waitFor()).as("ended by SIGKILL").isEqualTo(137);
        // The last line may be cut short by the kill, and then be another number.
        answered.removeLast();
        return answered;
    }
}
