/** What is measured: one class for each question. */
@NullMarked
package io.assent.benchmarks.stage;

import org.jspecify.annotations.NullMarked;
