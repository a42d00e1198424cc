/** The replicated log without a coordinator around it: what the engine alone can do. */
@NullMarked
package io.assent.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
