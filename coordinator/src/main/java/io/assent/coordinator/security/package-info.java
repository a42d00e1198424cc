/** Who may call this node, whom it may call, and the settings with which it refuses to start. */
@NullMarked
package io.assent.coordinator.security;

import org.jspecify.annotations.NullMarked;
