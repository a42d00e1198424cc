/** The coordinator service: the application class that starts it. */
@NullMarked
package io.assent.coordinator;

import org.jspecify.annotations.NullMarked;
