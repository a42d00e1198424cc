/** Named points at which a coordinator process can be made to die; packed into a jar of their own, for tests only. */
@NullMarked
package io.assent.coordinator.crash;

import org.jspecify.annotations.NullMarked;
