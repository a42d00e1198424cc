/** Paxos Commit (Gray and Lamport, TODS 2006): what acceptors promise and accept, and what proposers make of it. */
@NullMarked
package io.assent.protocol.paxoscommit;

import org.jspecify.annotations.NullMarked;
