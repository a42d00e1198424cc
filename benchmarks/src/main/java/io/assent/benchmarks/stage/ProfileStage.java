package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.process.CoordinatorNode;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.report.Profile;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where the processor time goes at 64 callers: by thread, from the JVMs, and by layer, from flight recordings. */
public final class ProfileStage implements Stage {

    private static final int CALLERS = 64;
    private static final int ROWS = 16;

    @Override
    public void run(Stand stand, Report report) throws IOException {
        report.progress("profile");
        CoordinatorNode leader = stand.cluster().leader();
        List<CoordinatorNode> followers =
                stand.cluster().nodes().stream().filter(node -> node != leader).toList();
        try (ClosedLoop loop = new ClosedLoop(stand.transactions(), CALLERS, ClosedLoop.Observer.NONE)) {
            loop.goOn(stand.settings().ramp());
            report.section("Where the time goes: threads", threads(loop, stand, leader, followers));
            for (CoordinatorNode node : stand.cluster().nodes()) {
                record(node, stand.directory());
            }
            loop.goOn(stand.settings().window());
            stand.cluster().nodes().forEach(node -> Java.jcmd(node.pid(), "JFR.stop", "name=assent"));
        }
        Profile ofLeader = Profile.read(recording(leader, stand.directory()));
        report.section(
                "Where the time goes: the leader by layer",
                ofLeader.samples() + ".",
                ofLeader.layers(),
                ofLeader.methods(ROWS));
        if (!followers.isEmpty()) {
            Profile ofFollower = Profile.read(recording(followers.get(0), stand.directory()));
            report.section("Where the time goes: a follower by layer", ofFollower.samples() + ".", ofFollower.layers());
        }
    }

    private static Path recording(CoordinatorNode node, Path directory) {
        return directory.resolve(node.id() + ".jfr");
    }

    private static void record(CoordinatorNode node, Path directory) {
        Java.jcmd(
                node.pid(),
                "JFR.start",
                "name=assent",
                "settings=profile",
                "filename=" + recording(node, directory).toAbsolutePath(),
                "jdk.CPUTimeSample#enabled=true");
    }

    private static Table threads(
            ClosedLoop loop, Stand stand, CoordinatorNode leader, List<CoordinatorNode> followers) {
        Map<String, Double> leaderBefore = millis(List.of(leader));
        Map<String, Double> followersBefore = millis(followers);
        Measured measured = loop.window(stand.settings().window(), Probe.NONE);
        Map<String, Double> ofLeader = grown(leaderBefore, millis(List.of(leader)));
        Map<String, Double> ofFollowers = grown(followersBefore, millis(followers));
        Table table = new Table("threads", "leader, core-us/tx", "followers together, core-us/tx");
        Map<String, Double> all = new TreeMap<>(ofLeader);
        ofFollowers.forEach((name, millis) -> all.merge(name, millis, Double::sum));
        all.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(ROWS)
                .map(Map.Entry::getKey)
                .forEach(name -> table.row(
                        name,
                        1e3 * measured.perTransaction(ofLeader.getOrDefault(name, 0.0)),
                        1e3 * measured.perTransaction(ofFollowers.getOrDefault(name, 0.0))));
        return table;
    }

    private static Map<String, Double> grown(Map<String, Double> before, Map<String, Double> after) {
        Map<String, Double> grown = new TreeMap<>();
        after.forEach((name, millis) -> grown.put(name, millis - before.getOrDefault(name, 0.0)));
        return grown;
    }

    /** Processor time of threads of one kind together: names differ in numbers, nodes, addresses. */
    private static Map<String, Double> millis(List<CoordinatorNode> nodes) {
        Map<String, Double> byKind = new TreeMap<>();
        nodes.forEach(node -> Java.threadMillis(node.pid())
                .forEach((name, millis) -> byKind.merge(kindOf(name), millis, Double::sum)));
        return byKind;
    }

    static String kindOf(String thread) {
        return thread.replaceAll("\\bn[0-9]+\\b", "n")
                .replaceAll("[0-9A-F]{12}", "")
                .replaceAll("[#-]*[0-9]+", "")
                .replaceAll("@group-?", "");
    }
}
