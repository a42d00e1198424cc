/** The demonstration's town, killed at every named point. */
@NullMarked
package io.assent.bank.demo;

import org.jspecify.annotations.NullMarked;
