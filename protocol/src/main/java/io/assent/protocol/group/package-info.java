/** The replicated state of one Raft group: the records of its log, what they do, and what may be answered from it. */
@NullMarked
package io.assent.protocol.group;

import org.jspecify.annotations.NullMarked;
