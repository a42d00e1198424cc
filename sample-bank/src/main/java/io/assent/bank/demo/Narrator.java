package io.assent.bank.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells a person at the terminal what happens, with the time since the start. Safe for use by several threads. */
final class Narrator {

    private final PrintStream out;
    private final long start = System.nanoTime();

    Narrator(PrintStream out) {
        this.out = out;
    }

    /** A new part of the story. */
    void chapter(String text) {
        line("");
        say("== " + text);
    }

    /** Something that happened. */
    void say(String text) {
        double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
        line(String.format(Locale.ROOT, "[%6.1f s] %s", seconds, text));
    }

    /** A line without the time. */
    void line(String text) {
        out.println(text);
    }
}
