/** The load: transactions, the rates at which they come, and what is counted of them. */
@NullMarked
package io.assent.benchmarks.load;

import org.jspecify.annotations.NullMarked;
