package io.assent.benchmarks.stage;

import io.assent.benchmarks.report.Report;
import java.io.IOException;

/** One question, and how it is answered. */
public interface Stage {

    /** Measures and reports. */
    void run(Stand stand, Report report) throws IOException;
}
