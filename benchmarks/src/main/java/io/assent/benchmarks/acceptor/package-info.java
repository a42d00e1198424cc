/** The acceptor's storage against an embedded store and against the bare disk. */
@NullMarked
package io.assent.benchmarks.acceptor;

import org.jspecify.annotations.NullMarked;
