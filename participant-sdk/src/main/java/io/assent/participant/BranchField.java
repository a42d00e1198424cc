package io.assent.participant;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.Item;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.OuterList;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.greenbytes.http.sfv.TokenItem;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the fields {@code Assent-Branch} and {@code Assent-Branches}: a List (RFC 9651) of participant ids
 * with parameters, so that several members, several field lines and lines that a proxy joined mean the same.
 */
public final class BranchField {

    /** An {@code Assent-Branch} list may be this long, in characters; a service that must answer more gives up. */
    public static final int BRANCH_LIMIT = 6 * 1024;

    /** An {@code Assent-Branches} list longer than this, in characters, is left out. */
    public static final int BRANCHES_LIMIT = 4 * 1024;

    private static final Pattern PARTICIPANT_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private BranchField() {}

    /** The value of {@code Assent-Branch} for these members; empty for none. */
    public static String write(List<BranchMember> members) {
        List<ListElement<?>> items = new ArrayList<>();
        for (BranchMember member : members) {
            items.add(item(member));
        }
        return OuterList.valueOf(items).serialize();
    }

    private static StringItem item(BranchMember branch) {
        Member member = branch.member();
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("endpoint", member.endpoint());
        if (member.fallbackEndpoint() != null) {
            parameters.put("fallback", member.fallbackEndpoint());
        }
        if (!member.protocols().equals(Member.DEFAULT_PROTOCOLS)) {
            parameters.put(
                    "protocols",
                    String.join(
                            " ", member.protocols().stream().map(Protocol::name).toList()));
        }
        if (member.token() != null) {
            parameters.put("token", member.token());
        }
        if (member.calls() != null) {
            parameters.put("calls", member.calls());
        }
        if (branch.seen() != 1) {
            parameters.put("seen", branch.seen());
        }
        if (member.onePhase()) {
            parameters.put("one-phase", true);
        }
        if (member.vote() != null) {
            parameters.put("vote", TokenItem.valueOf(word(member.vote())));
        }
        return StringItem.valueOf(member.participant()).withParams(Parameters.valueOf(parameters));
    }

    private static String word(Vote vote) {
        return switch (vote) {
            case YES -> "yes";
            case NO -> "no";
            case READ_ONLY -> "read-only";
        };
    }

    /**
     * The members of all lines of an {@code Assent-Branch} field; parameters of unknown names are ignored.
     *
     * @throws MalformedBranchFieldException when it is not such a list: the caller must abort
     */
    public static List<BranchMember> read(List<String> lines) {
        List<BranchMember> members = new ArrayList<>();
        for (Map.Entry<String, Parameters> item : items(lines)) {
            members.add(member(item.getKey(), item.getValue()));
        }
        return members;
    }

    private static List<Map.Entry<String, Parameters>> items(List<String> lines) {
        List<Map.Entry<String, Parameters>> items = new ArrayList<>();
        try {
            for (ListElement<?> element : new Parser(lines).parseList().get()) {
                if (!(element instanceof StringItem name)
                        || !PARTICIPANT_ID.matcher(name.get()).matches()) {
                    throw new MalformedBranchFieldException("a member is not a participant id", null);
                }
                items.add(Map.entry(name.get(), name.getParams()));
            }
        } catch (ParseException e) {
            throw new MalformedBranchFieldException("it is not a structured list", e);
        }
        return items;
    }

    private static BranchMember member(String participant, Parameters parameters) {
        String endpoint = string(parameters, "endpoint");
        if (endpoint == null) {
            throw new MalformedBranchFieldException("the member " + participant + " has no endpoint", null);
        }
        Member member = new Member(
                participant,
                endpoint,
                string(parameters, "fallback"),
                protocols(string(parameters, "protocols")),
                flag(parameters, "one-phase"),
                string(parameters, "token"),
                number(parameters, "calls", 0),
                vote(parameters.get("vote")));
        Integer seen = number(parameters, "seen", 1);
        return new BranchMember(member, seen == null ? 1 : seen);
    }

    private static @Nullable String string(Parameters parameters, String key) {
        Item<?> item = parameters.get(key);
        if (item == null) {
            return null;
        }
        if (item instanceof StringItem text) {
            return text.get();
        }
        throw new MalformedBranchFieldException("the parameter " + key + " is not a string", null);
    }

    private static @Nullable Integer number(Parameters parameters, String key, int least) {
        Item<?> item = parameters.get(key);
        if (item == null) {
            return null;
        }
        if (item instanceof IntegerItem number
                && number.getAsLong() >= least
                && number.getAsLong() <= Integer.MAX_VALUE) {
            return (int) number.getAsLong();
        }
        throw new MalformedBranchFieldException("the parameter " + key + " is not a number from " + least, null);
    }

    private static boolean flag(Parameters parameters, String key) {
        Item<?> item = parameters.get(key);
        if (item == null) {
            return false;
        }
        if (item.get() instanceof Boolean value) {
            return value;
        }
        throw new MalformedBranchFieldException("the parameter " + key + " is not a boolean", null);
    }

    private static List<Protocol> protocols(@Nullable String names) {
        if (names == null) {
            return Member.DEFAULT_PROTOCOLS;
        }
        List<Protocol> known = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            if (List.of(names.trim().split(" +")).contains(protocol.name())) {
                known.add(protocol);
            }
        }
        return known;
    }

    private static @Nullable Vote vote(@Nullable Item<?> item) {
        if (item == null) {
            return null;
        }
        return switch (String.valueOf(item.get())) {
            case "yes" -> Vote.YES;
            case "no" -> Vote.NO;
            case "read-only" -> Vote.READ_ONLY;
            default -> throw new MalformedBranchFieldException("the vote is none of yes, no, read-only", null);
        };
    }

    /**
     * The value of {@code Assent-Branches} that names these live branches; empty when there are none or when they do
     * not fit.
     *
     * @param tokens token by participant id
     */
    public static String writeTokens(Map<String, String> tokens) {
        List<ListElement<?>> items = new ArrayList<>();
        new TreeMap<>(tokens)
                .forEach((participant, token) -> items.add(
                        StringItem.valueOf(participant).withParams(Parameters.valueOf(Map.of("token", token)))));
        String value = OuterList.valueOf(items).serialize();
        return value.length() > BRANCHES_LIMIT ? "" : value;
    }

    /**
     * The tokens by participant id of all lines of an {@code Assent-Branches} field; members without one are left out.
     *
     * @throws MalformedBranchFieldException when it is not such a list
     */
    public static Map<String, String> readTokens(List<String> lines) {
        Map<String, String> tokens = new TreeMap<>();
        for (Map.Entry<String, Parameters> item : items(lines)) {
            String token = string(item.getValue(), "token");
            if (token != null) {
                tokens.put(item.getKey(), token);
            }
        }
        return tokens;
    }
}
