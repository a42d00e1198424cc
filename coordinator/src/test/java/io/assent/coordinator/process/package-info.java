/** Tests against coordinators that are processes of their own, with real HTTP and real kills. */
@NullMarked
package io.assent.coordinator.process;

import org.jspecify.annotations.NullMarked;
