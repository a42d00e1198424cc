package io.assent.coordinator.security;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One rule of the allow-list of endpoints. */
sealed interface HostRule {

    /** Whether the rule allows a host: a lower-case name, or an IP address in its usual notation. */
    boolean allows(String host);

    /** A name, or a pattern in which {@code *} stands for any run of characters. */
    record Name(Pattern pattern) implements HostRule {
        @Override
        public boolean allows(String host) {
            return pattern.matcher(host).matches();
        }
    }

    /** A range of addresses; names are never resolved, because they may resolve otherwise when they are called. */
    record Range(InetAddress network, int prefix) implements HostRule {
        @Override
        public boolean allows(String host) {
            return IpAddresses.parse(host)
                    .filter(address -> contains(network.getAddress(), address.getAddress()))
                    .isPresent();
        }

        private boolean contains(byte[] range, byte[] address) {
            if (address.length != range.length) {
                return false;
            }
            for (int bit = 0; bit < prefix; bit++) {
                int mask = 0x80 >>> (bit % 8);
                if ((address[bit / 8] & mask) != (range[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Reads a rule.
     *
     * @throws IllegalArgumentException when it is neither a name, a pattern, an address nor a range
     */
    static HostRule parse(String text) {
        String rule = text.strip().toLowerCase(Locale.ROOT);
        int slash = rule.indexOf('/');
        Optional<InetAddress> address = IpAddresses.parse(slash < 0 ? rule : rule.substring(0, slash));
        if (address.isPresent()) {
            int longest = address.get().getAddress().length * 8;
            return new Range(address.get(), slash < 0 ? longest : prefix(rule.substring(slash + 1), longest));
        }
        if (!rule.matches("[a-z0-9._*-]+")) {
            throw new IllegalArgumentException("\"" + text + "\" is no host name, pattern, address or CIDR range");
        }
        String regex = Stream.of(rule.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return new Name(Pattern.compile(regex));
    }

    private static int prefix(String text, int longest) {
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > longest) {
            throw new IllegalArgumentException("\"/" + text + "\" is no prefix length between 0 and " + longest);
        }
        return Integer.parseInt(text);
    }
}
