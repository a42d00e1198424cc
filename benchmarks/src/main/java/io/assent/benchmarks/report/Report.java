package io.assent.benchmarks.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The figures in the order in which they come, in Markdown: at once to the output, at the end also to a file. */
public final class Report {

    /** The line in a document after which figures are written. */
    static final String BEGIN = "<!-- figures: begin -->";

    /** The line before which they end. */
    static final String END = "<!-- figures: end -->";

    private final PrintStream out;
    private final PrintStream progress;
    private final StringBuilder text = new StringBuilder();

    /**
     * A report.
     *
     * @param progress for what is of use only while it runs
     */
    public Report(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Tells what is going on; not part of the report. */
    public void progress(String sentence) {
        progress.println("... " + sentence);
        progress.flush();
    }

    /** Adds a section with its content. */
    public void section(String title, Object... paragraphs) {
        add("### " + title);
        for (Object paragraph : paragraphs) {
            add(paragraph.toString());
        }
    }

    private void add(String paragraph) {
        text.append('\n').append(paragraph).append('\n');
        out.println();
        out.println(paragraph);
        out.flush();
    }

    /**
     * Puts the figures between their marks in a document.
     *
     * @throws IllegalArgumentException when it has no such marks
     */
    public void writeInto(Path document) throws IOException {
        Files.writeString(document, replaced(Files.readString(document), text.toString()));
    }

    static String replaced(String document, String figures) {
        int begin = document.indexOf(BEGIN);
        int end = document.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("The document has no lines " + BEGIN + " and " + END);
        }
        return document.substring(0, begin + BEGIN.length()) + "\n" + figures + "\n" + document.substring(end);
    }
}
