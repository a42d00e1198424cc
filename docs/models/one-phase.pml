/*
 * One-phase commit with a fence: the one member of T decides, the log only says that it was asked. Leaders of the terms
 * 0, 1 and 2; the member restarts between two calls, and may have prepared early, its vote lost.
 *
 * Rules: 1.5 (Leader), the take-over row "ONE_PHASE without result" of 1.3 (Leader), L4, L6, U1 and U3 (Replica), L8
 * for one phase, P4, and the columns COMMIT_ONE_PHASE, INQUIRE, Deadline and Restart of 1.7 (Participant).
 *
 * The log is reduced as in intent-log.pml. Messages and answers are bits that stay set: lost, late and repeated at will.
 * The resource is XA or TCC: its commit and its fact F2 are one atomic write.
 *
 * Invariants: what anyone says of T is what the member's database holds, and it never holds both (I1, I2, I6); what is
 * committed is the branch that worked, not a later one with half of the work (I21).
 */

/* What the applied state holds of T. */
#define ABSENT    0
#define ONE_PHASE 1
#define COMMITTED 2
#define ABORTED   3

/* The member's branch: nothing or facts, a live one, or F1. */
#define NONE      0
#define WORKING   1
#define PREPARED  2

/* What the member has answered, as bits. */
#define SAID_COMMITTED 1
#define SAID_ABORTED   2
#define SAID_PREPARED  4
#define SAID_NOT_VOTED 8

byte state = ABSENT, term;
bool handed;                    /* ONE_PHASE was handed to the log */
bool sent;                      /* COMMIT_ONE_PHASE with token 1 was sent */
bool asked;                     /* INQUIRE was sent */
bool resultCommitted, resultAborted;    /* ONE_PHASE_RESULT was handed to the log */
bool saidCommitted, saidAborted;        /* by the coordinator, to anyone */

byte branch = WORKING, token = 1, answers;
bool f2, f3;
bool effect;                    /* the work is in the database for good: what the facts should tell */

inline sayCommitted() { saidCommitted = true; assert(effect) }
inline sayAborted()   { saidAborted = true;   assert(!effect) }

active proctype Log() {
    do
    :: term == 0 -> term = 1
    :: term < 2 -> term = 2
    :: d_step { handed && state == ABSENT && term == 0 -> state = ONE_PHASE }   /* G1: the fence */
    :: d_step { resultCommitted && state == ONE_PHASE -> state = COMMITTED }    /* in any term */
    :: d_step { resultAborted && state == ONE_PHASE -> state = ABORTED }
    od
}

proctype Leader(byte t) {
    if
    :: t == 0 ->
        if
        :: handed = true
        :: atomic { sayAborted(); goto over }           /* not dispatched: from memory */
        fi;
#ifndef EARLY
        state != ABSENT;                                /* L6; if the record is lost, it says nothing, ever (L4) */
#endif
        sent = true
    :: t > 0 ->
        term == t && state == ONE_PHASE;
#ifdef M14
        atomic { sayAborted(); goto over };             /* no result: presumed */
#endif
        asked = true
    fi;
    /* p is the authority; no answer: ask again */
    if
    :: atomic { (answers & SAID_COMMITTED) != 0 -> sayCommitted(); resultCommitted = true }
    :: atomic { (answers & SAID_ABORTED) != 0 -> sayAborted(); resultAborted = true }
#ifdef NO_FENCE
    :: atomic { (answers & SAID_NOT_VOTED) != 0 -> sayAborted(); resultAborted = true }
#endif
    :: (answers & SAID_PREPARED) != 0 && t > 0 -> sent = true;
        if
        :: atomic { (answers & SAID_COMMITTED) != 0 -> sayCommitted(); resultCommitted = true }
        :: atomic { (answers & SAID_ABORTED) != 0 -> sayAborted(); resultAborted = true }
        fi
    fi;
over:
    skip
}

active proctype Replica() {
    do
    :: atomic { state == COMMITTED -> sayCommitted() }
    :: atomic { state == ABORTED -> sayAborted() }
    :: atomic { state == ABSENT && term > 0 -> sayAborted() }
    od
}

inline answer(what) { answers = answers | what }

inline commitBranch() {
    assert(token == 1 && !saidAborted);
    branch = NONE; effect = true;
#ifndef M29
    f2 = true
#endif
}

/* Rolls back what lives, writes F3: the key is free then, unless F2 has it. */
inline rollBackAndSayAborted() { branch = NONE; f3 = true; answer(SAID_ABORTED) }

inline onCommitOnePhase() {
    if
    :: f2 -> answer(SAID_COMMITTED)
    :: f3 -> answer(SAID_ABORTED)
    :: !f2 && !f3 && branch == NONE -> rollBackAndSayAborted()
#ifdef M24
    :: !f2 && !f3 && branch != NONE ->
#else
    :: !f2 && !f3 && branch != NONE && token != 1 -> rollBackAndSayAborted()    /* L8 */
    :: !f2 && !f3 && branch != NONE && token == 1 ->
#endif
        if
        :: commitBranch(); answer(SAID_COMMITTED)
        :: commitBranch()                               /* but an error, or silence: the facts will tell (P4) */
        :: rollBackAndSayAborted()                      /* an error, and no F2: F3 could be written */
        fi
    fi
}

inline onInquire() {
    if
    :: f2 -> answer(SAID_COMMITTED)
    :: f3 -> answer(SAID_ABORTED)
    :: !f2 && !f3 && branch == PREPARED -> answer(SAID_PREPARED)
#ifdef NO_FENCE
    :: !f2 && !f3 && branch != PREPARED -> answer(SAID_NOT_VOTED)
#else
    :: !f2 && !f3 && branch != PREPARED -> rollBackAndSayAborted()
#endif
    fi
}

active proctype Participant() {
    do
    :: atomic { sent -> onCommitOnePhase() }
    :: atomic { asked -> onInquire() }
    :: atomic { branch == WORKING -> branch = PREPARED }                        /* prepares early, its vote is lost */
    :: atomic { branch == WORKING -> branch = NONE; f3 = true }                 /* its deadline */
    :: atomic { branch == WORKING -> branch = NONE }                            /* a restart */
    :: atomic { branch == PREPARED -> token = 0 }                               /* a restart: F1 without its token */
    :: atomic { branch == NONE && !f2 && !f3 && token == 1 -> branch = WORKING; token = 2 }     /* a late call */
    /* a look-up of the prepared branch */
    :: atomic { branch == PREPARED && saidAborted -> branch = NONE; f3 = true }
    :: atomic { branch == PREPARED && saidCommitted -> assert(false) }          /* it alone can make that true */
    od
}

init {
    atomic { run Leader(0); run Leader(1); run Leader(2) }
}
