/** What is written down: tables, the machine, the layers of a profile. */
@NullMarked
package io.assent.benchmarks.report;

import org.jspecify.annotations.NullMarked;
