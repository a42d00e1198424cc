package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.Attempt;
import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.HttpCalls;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.Workload;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.json.JsonMapper;

/** Transfers of money between two real banks, each with its own database. */
public final class BankStage implements Stage {

    private static final int ACCOUNTS = 256;
    private static final int BALANCE = 1_000_000;
    private static final List<Integer> CALLERS = List.of(1, 16, 64);

    private final JsonMapper json = JsonMapper.builder().build();

    @Override
    public void run(Stand stand, Report report) throws IOException {
        if (!Files.exists(stand.settings().bankJar())) {
            report.section(
                    "Transfers between two banks",
                    "Not measured: " + stand.settings().bankJar() + " is not built.");
            return;
        }
        report.progress("two banks");
        try (Banks banks = Banks.start(stand)) {
            banks.open(ACCOUNTS, BALANCE);
            Table table = new Table(
                    "callers",
                    "transfers/s",
                    "p50 / p99 / p99.9 ms",
                    "coordinators' core-us",
                    "banks' core-us",
                    "errors");
            for (int callers : CALLERS) {
                Measured measured = ClosedLoop.run(
                        transfers(stand.http(), banks.urls()),
                        callers,
                        stand.settings().ramp(),
                        stand.settings().window(),
                        banks.probe(stand.probe()));
                table.row(
                        callers,
                        measured.rate(),
                        ClosedStage.latency(measured.tally().latency()),
                        measured.perTransaction(measured.changeOfAll(CostProbe.CPU)),
                        measured.perTransaction(measured.changeOfAll(Banks.CPU)),
                        ClosedStage.errors(measured));
            }
            report.section("Transfers between two banks", table, banks.auditSentence(ACCOUNTS, BALANCE));
        }
    }

    private Workload transfers(HttpCalls http, List<URI> banks) {
        return number -> {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            int from = (int) (number % 2);
            Map<String, Object> body = Map.of(
                    "from", Map.of("bank", banks.get(from), "account", "a" + random.nextInt(ACCOUNTS)),
                    "to", Map.of("bank", banks.get(1 - from), "account", "a" + random.nextInt(ACCOUNTS)),
                    "amount", "0.01");
            try {
                HttpCalls.Answer answer =
                        http.post(banks.get(from).resolve("/transfers"), json.writeValueAsBytes(body));
                boolean good = answer.status() / 100 == 2;
                return new Attempt(good ? Attempt.COMMITTED : HttpCalls.wordFor(answer), null, 0);
            } catch (IOException e) {
                return new Attempt(e.getClass().getSimpleName(), null, 0);
            }
        };
    }

    /** Ids of the accounts that every bank has. */
    static List<String> accounts(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("a" + i);
        }
        return ids;
    }
}
