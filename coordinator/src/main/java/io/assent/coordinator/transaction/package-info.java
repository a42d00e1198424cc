/** The REST API of transactions: requests checked, outcomes looked up, answers and problem details written. */
@NullMarked
package io.assent.coordinator.transaction;

import org.jspecify.annotations.NullMarked;
