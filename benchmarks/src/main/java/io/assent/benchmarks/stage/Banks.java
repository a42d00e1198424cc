package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.process.ChildProcess;
import io.assent.benchmarks.process.Control;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.process.Ports;
import io.assent.benchmarks.process.Until;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Two processes of the sample bank on all cores. */
final class Banks implements AutoCloseable {

    /** Processor microseconds of one bank; followed by its id. */
    static final String CPU = "bank.cpu.";

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Control control;
    private final List<ChildProcess> processes = new ArrayList<>();
    private final List<URI> urls = new ArrayList<>();

    private Banks(Control control) {
        this.control = control;
    }

    /** An account as a bank shows it. */
    record Account(@Nullable String id, BigDecimal balance) {}

    static Banks start(Stand stand) {
        Banks banks = new Banks(stand.control());
        String coordinators = stand.cluster().urls().stream().map(URI::toString).collect(Collectors.joining(","));
        for (String id : new String[] {"bank-a", "bank-b"}) {
            int port = Ports.free();
            List<String> arguments = List.of(
                    "--server.port=" + port,
                    "--assent.participant.id=" + id,
                    "--assent.coordinators=" + coordinators,
                    "--spring.datasource.url=jdbc:h2:file:"
                            + stand.directory().resolve(id).toAbsolutePath() + ";WRITE_DELAY=0");
            banks.processes.add(new ChildProcess(
                    id,
                    stand.pinning()
                            .on(
                                    stand.pinning().all(),
                                    Java.jar(List.of("-Xmx1g"), stand.settings().bankJar(), arguments)),
                    stand.directory().resolve(id + ".log"),
                    false));
            banks.urls.add(URI.create("http://127.0.0.1:" + port));
        }
        return banks;
    }

    List<URI> urls() {
        return urls;
    }

    /** Waits for both, and opens the accounts in each. */
    void open(int accounts, int balance) {
        for (URI url : urls) {
            Until.present("Bank " + url + " being ready", START, PAUSE, () -> control.get(url.resolve("/accounts")));
            for (String account : BankStage.accounts(accounts)) {
                URI uri = url.resolve("/accounts/" + account);
                if (control.exchange(uri, "PUT", Map.of("balance", balance)).isEmpty()) {
                    throw new IllegalStateException("Bank " + url + " opens no account");
                }
            }
        }
    }

    /** The figures of another probe, with the processor time of the banks. */
    Probe probe(Probe other) {
        return beginning -> {
            Map<String, Double> figures = new TreeMap<>(beginning ? other.read(true) : Map.of());
            for (int i = 0; i < processes.size(); i++) {
                figures.put(CPU + i, processes.get(i).cpu().toNanos() / 1e3);
            }
            figures.putAll(beginning ? Map.of() : other.read(false));
            return figures;
        };
    }

    /** Whether all money is still there. */
    String auditSentence(int accounts, int balance) {
        BigDecimal expected = BigDecimal.valueOf(2L * accounts * balance);
        BigDecimal sum = BigDecimal.ZERO;
        for (URI url : urls) {
            for (String account : BankStage.accounts(accounts)) {
                sum = sum.add(control.get(url.resolve("/accounts/" + account), Account.class)
                        .map(Account::balance)
                        .orElse(BigDecimal.ZERO));
            }
        }
        return "Money before " + expected + ", after " + sum + ": "
                + (expected.compareTo(sum) == 0 ? "none was lost or made." : "**they differ**.");
    }

    @Override
    public void close() {
        processes.forEach(ChildProcess::close);
    }
}
