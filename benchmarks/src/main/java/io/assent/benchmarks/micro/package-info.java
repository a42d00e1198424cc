/** What the pure core and the codecs cost, one call at a time (JMH). */
@NullMarked
package io.assent.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
