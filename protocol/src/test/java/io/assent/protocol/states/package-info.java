/**
 * The state diagrams of the roles under {@code docs/states}: what transitions exist is found by trying everything, and
 * that each is visited by a test is found by running the tests.
 */
@NullMarked
package io.assent.protocol.states;

import org.jspecify.annotations.NullMarked;
