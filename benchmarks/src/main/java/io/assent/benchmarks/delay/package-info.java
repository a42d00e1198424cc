/** A network of hosts on one machine, where every message is on its way for a given time. */
@NullMarked
package io.assent.benchmarks.delay;

import org.jspecify.annotations.NullMarked;
