/** What coordinator and participant say to each other, and the flat wire forms of it. */
@NullMarked
package io.assent.protocol.message;

import org.jspecify.annotations.NullMarked;
