/** Tests of the acceptor's side of Paxos Commit: the table, sentence by sentence, then models with and without mutants. */
package io.assent.protocol.paxoscommit;
