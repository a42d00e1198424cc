package io.assent.benchmarks.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JDK that runs this process: the same starts the others and looks into them. */
public final class Java {

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern THREAD = Pattern.compile("(?m)^\"(.*)\".* cpu=([0-9.]+)ms ");

    private Java() {}

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** A command line that runs an executable jar. */
    public static List<String> jar(List<String> options, Path jar, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tool("java")));
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(arguments);
        return command;
    }

    /** A command line that runs a class of this class path. */
    public static List<String> main(List<String> options, Class<?> type, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(tool("java")));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), type.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Asks another JVM a diagnostic command. */
    public static String jcmd(long pid, String... words) {
        List<String> command = new ArrayList<>(List.of(tool("jcmd"), Long.toString(pid)));
        command.addAll(List.of(words));
        return Command.run(command);
    }

    /** Bytes of live objects in another JVM, after a full collection. */
    public static long liveBytes(long pid) {
        return parseLiveBytes(jcmd(pid, "GC.class_histogram"))
                .orElseThrow(() -> new IllegalStateException("The class histogram of " + pid + " has no total"));
    }

    static Optional<Long> parseLiveBytes(String histogram) {
        Matcher total = TOTAL.matcher(histogram);
        return total.find() ? Optional.of(Long.parseLong(total.group(1))) : Optional.empty();
    }

    /** Milliseconds of processor time by thread of another JVM, its own helpers included. */
    public static Map<String, Double> threadMillis(long pid) {
        return parseThreadMillis(jcmd(pid, "Thread.print"));
    }

    static Map<String, Double> parseThreadMillis(String print) {
        Map<String, Double> millis = new TreeMap<>(Comparator.naturalOrder());
        Matcher thread = THREAD.matcher(print);
        while (thread.find()) {
            millis.merge(thread.group(1), Double.parseDouble(thread.group(2)), Double::sum);
        }
        return millis;
    }
}
