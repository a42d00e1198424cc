/** The participants of a measurement: they vote YES and acknowledge, and do nothing else. */
@NullMarked
package io.assent.benchmarks.participant;

import org.jspecify.annotations.NullMarked;
