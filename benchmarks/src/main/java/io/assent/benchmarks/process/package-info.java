/** Processes that a measurement starts, pins, reads and ends: coordinators, participants, bare engines. */
@NullMarked
package io.assent.benchmarks.process;

import org.jspecify.annotations.NullMarked;
