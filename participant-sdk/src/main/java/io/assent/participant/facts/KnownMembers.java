package io.assent.participant.facts;

import io.assent.protocol.Member;
import java.util.List;
import java.util.stream.Collectors;

/** The members of a decision as one text: a line for each, its participant id and, after a space, its endpoint. */
final class KnownMembers {

    private KnownMembers() {}

    static String write(List<Member> members) {
        return members.stream()
                .map(member -> member.participant() + " " + member.endpoint().replaceAll("\\s", ""))
                .collect(Collectors.joining("\n"));
    }

    static List<Member> read(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.split(" ", 2))
                .map(parts -> Member.of(parts[0], parts.length == 1 ? "" : parts[1]))
                .toList();
    }
}
