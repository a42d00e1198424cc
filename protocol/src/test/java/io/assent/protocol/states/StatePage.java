package io.assent.protocol.states;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The page of a role: its diagram, and its transitions in tables. */
final class StatePage {

    private final Role role;
    private final SortedSet<Arrow> arrows;
    private final SortedSet<Arrow> onlyByTests;

    /**
     * A page.
     *
     * @param arrows what can happen
     * @param onlyByTests changes of state to which only a test leads
     */
    StatePage(Role role, SortedSet<Arrow> arrows, SortedSet<Arrow> onlyByTests) {
        this.role = role;
        this.arrows = arrows;
        this.onlyByTests = onlyByTests;
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("# States of " + role.title());
        lines.add("");
        lines.add(role.about());
        lines.add(
                "Written by `StateDiagramTest`, which tries everything that can happen, and fails when that is not what"
                        + " stands here or when no test visits a change of state. `-Dassent.states=write` writes it anew.");
        lines.add("");
        diagram(lines);
        lines.add("");
        lines.add("## Changes of state");
        lines.add("");
        changes(lines, arrows);
        if (!onlyByTests.isEmpty()) {
            lines.add("");
            lines.add("## What only tests lead to");
            lines.add("");
            lines.add("Should it happen all the same, this is what follows.");
            lines.add("");
            changes(lines, onlyByTests);
        }
        lines.add("");
        lines.add("## What changes no state");
        lines.add("");
        lines.add("It may send, answer or remember something all the same.");
        lines.add("");
        loops(lines);
        return String.join("\n", lines) + "\n";
    }

    // The diagram: states without what is told of them after a comma, where the role's page says so.

    private void diagram(List<String> lines) {
        lines.add("```mermaid");
        lines.add("stateDiagram-v2");
        Map<String, Map<String, Set<String>>> edges = new TreeMap<>();
        Set<String> states = new TreeSet<>();
        for (Arrow arrow : arrows.stream().filter(role::draws).toList()) {
            String from = role.drawn(arrow.from());
            String to = role.drawn(arrow.to());
            states.add(from);
            states.add(to);
            if (!from.equals(to)) {
                edges.computeIfAbsent(from, any -> new TreeMap<>())
                        .computeIfAbsent(to, any -> new LinkedHashSet<>())
                        .add(arrow.event());
            }
        }
        states.stream()
                .filter(state -> !id(state).equals(state))
                .forEach(state -> lines.add("    state \"" + state + "\" as " + id(state)));
        role.first().ifPresent(state -> lines.add("    [*] --> " + id(state)));
        edges.forEach((from, targets) -> targets.forEach((to, events) ->
                lines.add("    " + id(from) + " --> " + id(to) + " : " + String.join("<br/>", grouped(events)))));
        states.stream()
                .filter(state -> !edges.containsKey(state))
                .forEach(state -> lines.add("    " + id(state) + " --> [*]"));
        lines.add("```");
    }

    private static String id(String state) {
        return state.equals(Arrow.START) ? state : state.replaceAll("[^A-Za-z_]+", "_");
    }

    /** Events that differ in their last word only stand in one line. */
    private static List<String> grouped(Set<String> events) {
        Map<String, List<String>> byBeginning = events.stream()
                .collect(groupingBy(
                        event -> event.substring(0, Math.max(0, event.lastIndexOf(' '))),
                        LinkedHashMap::new,
                        toList()));
        return byBeginning.entrySet().stream()
                .flatMap(entry -> entry.getKey().isEmpty()
                        ? entry.getValue().stream()
                        : Stream.of(entry.getKey()
                                + entry.getValue().stream()
                                        .map(event ->
                                                event.substring(entry.getKey().length()))
                                        .collect(joining(","))))
                .toList();
    }

    // The tables.

    private void changes(List<String> lines, SortedSet<Arrow> some) {
        lines.add("| from | what happens | to | rules |");
        lines.add("| --- | --- | --- | --- |");
        rows(some, true)
                .forEach((ends, all) -> lines.add("| " + ends.get(0) + " | " + happenings(all) + " | " + ends.get(1)
                        + " | " + String.join(", ", Rules.of(role, all)) + " |"));
    }

    private void loops(List<String> lines) {
        lines.add("| in | what happens |");
        lines.add("| --- | --- |");
        rows(arrows, false).forEach((ends, all) -> lines.add("| " + ends.get(0) + " | " + happenings(all) + " |"));
    }

    /** The arrows that change the state, or those that do not, by what they connect. */
    private static Map<List<String>, List<Arrow>> rows(SortedSet<Arrow> some, boolean changing) {
        return some.stream()
                .filter(arrow -> arrow.changes() == changing)
                .collect(groupingBy(arrow -> List.of(arrow.from(), arrow.to()), LinkedHashMap::new, toList()));
    }

    /** Each event once, with what it may be in brackets. */
    private static String happenings(List<Arrow> all) {
        Map<String, Set<String>> details = new LinkedHashMap<>();
        all.forEach(arrow -> details.computeIfAbsent(arrow.event(), any -> new LinkedHashSet<>())
                .add(arrow.detail()));
        return details.entrySet().stream()
                .map(entry -> entry.getKey() + inBrackets(entry.getValue()))
                .collect(joining("; "));
    }

    private static String inBrackets(Set<String> details) {
        Set<String> named = new LinkedHashSet<>(details);
        boolean plain = named.remove("");
        if (named.isEmpty()) {
            return "";
        }
        return (plain ? ", also " : " ") + "(" + String.join(", ", named) + ")";
    }
}
