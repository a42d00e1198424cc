/** The command that measures the product: what is run, in which order, and what is written down. */
@NullMarked
package io.assent.benchmarks;

import org.jspecify.annotations.NullMarked;
