package io.assent.bank.demo;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The databases of both banks, read by SQL while no bank is running: the truth that no process can embellish.
 *
 * @param total sum of all balances
 * @param opened sum of all opening balances
 * @param effects for each transaction the effects of it in both databases
 * @param faults what is wrong within the databases already; empty when nothing is
 */
record Books(BigDecimal total, BigDecimal opened, Map<String, List<Effect>> effects, List<String> faults) {

    /**
     * One row of a ledger.
     *
     * @param bank whose database holds it
     * @param call id of the call
     * @param amount what was added
     */
    record Effect(String bank, String call, BigDecimal amount) {}

    /**
     * Reads the databases; nobody else may have them open.
     *
     * @param databases file of the database by name of the bank
     */
    static Books read(Map<String, Path> databases) {
        BigDecimal total = BigDecimal.ZERO;
        BigDecimal opened = BigDecimal.ZERO;
        Map<String, List<Effect>> effects = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, Path> bank : databases.entrySet()) {
            Path database = bank.getValue();
            try (Connection connection =
                            DriverManager.getConnection("jdbc:h2:file:" + database + ";IFEXISTS=TRUE", "bank", "");
                    Statement statement = connection.createStatement()) {
                total = total.add(number(statement, "select coalesce(sum(balance), 0) from account"));
                opened = opened.add(number(statement, "select coalesce(sum(opening_balance), 0) from account"));
                addEffects(statement, bank.getKey(), effects);
                addFaults(statement, database, faults);
            } catch (SQLException e) {
                throw new DemoException("The database " + database + " cannot be read: " + e.getMessage(), e);
            }
        }
        return new Books(total, opened, effects, faults);
    }

    private static BigDecimal number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getBigDecimal(1);
        }
    }

    private static void addEffects(Statement statement, String bank, Map<String, List<Effect>> effects)
            throws SQLException {
        try (ResultSet rows = statement.executeQuery("select transaction_id, call_id, amount from ledger")) {
            while (rows.next()) {
                effects.computeIfAbsent(rows.getString(1), id -> new ArrayList<>())
                        .add(new Effect(bank, rows.getString(2), rows.getBigDecimal(3)));
            }
        }
    }

    private static void addFaults(Statement statement, Path database, List<String> faults) throws SQLException {
        BigDecimal wrong = number(
                statement,
                "select count(*) from account a where balance < 0 or balance <> opening_balance"
                        + " + (select coalesce(sum(amount), 0) from ledger l where l.account = a.id)");
        if (wrong.signum() != 0) {
            faults.add(wrong + " accounts of " + database + " do not agree with their ledger");
        }
        BigDecimal inDoubt = number(statement, "select count(*) from information_schema.in_doubt");
        if (inDoubt.signum() != 0) {
            faults.add(inDoubt + " branches are still in doubt in " + database);
        }
    }

    /** Everything that must not be: an empty list is what the demonstration is about. */
    List<String> faultsAgainst(BigDecimal expectedTotal, List<Traffic.Attempt> attempts) {
        List<String> found = new ArrayList<>(faults);
        if (total.compareTo(expectedTotal) != 0 || opened.compareTo(expectedTotal) != 0) {
            found.add("The total is " + total + ", it was " + expectedTotal);
        }
        effects.forEach((transaction, rows) -> {
            BigDecimal sum = rows.stream().map(Effect::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
            if (rows.size() != 2 || sum.signum() != 0) {
                found.add("Transaction " + transaction + " is torn: " + rows);
            }
        });
        Set<String> calls = new HashSet<>();
        effects.values().stream()
                .flatMap(List::stream)
                .filter(effect -> !calls.add(effect.call()))
                .forEach(effect -> found.add("The call " + effect.call() + " had two effects"));
        attempts.forEach(attempt -> addBrokenPromise(attempt, found));
        return found;
    }

    private void addBrokenPromise(Traffic.Attempt attempt, List<String> found) {
        String transaction = attempt.transaction();
        boolean there = transaction != null && effects.containsKey(transaction);
        if (attempt.told() == Traffic.Told.COMMITTED && !there) {
            found.add("Transaction " + transaction + " was told to be committed, and is nowhere");
        }
        if (attempt.told() == Traffic.Told.ABORTED && there) {
            found.add("Transaction " + transaction + " was told to be aborted, and has effects");
        }
    }

    /** The transactions that have effects. */
    Set<String> committed() {
        return new TreeSet<>(effects.keySet());
    }
}
