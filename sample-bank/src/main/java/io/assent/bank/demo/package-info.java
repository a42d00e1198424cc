/** The demonstration: real processes, money on the move, and kill -9 where it hurts. */
@NullMarked
package io.assent.bank.demo;

import org.jspecify.annotations.NullMarked;
