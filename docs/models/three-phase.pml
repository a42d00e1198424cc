/*
 * Three-phase commit with the decision in the log, and its cooperative termination: four participants, two leaders that
 * overlap. The leader of term 0 freezes J0 = {0, 1, 3}; it is deposed, a later commit request names J1 = {0, 1, 2} to the
 * leader of term 1. So whatever J decides, one participant that another leader has asked stands outside.
 *
 * Rules: section 2 (Coordinator, Participant), section 4 with T2, T3 and T4 (ask, hear), P6 (onPrepare), L2 for what
 * replicas tell (hearReplica), the volatile J of the row PREPARED of 1.7 (restart), F3 and F4 of 1.7.
 *
 * The decision is one cell, with the owner that G1 compares: intent-log.pml shows that the log and its readers behave
 * like one. Messages come late, repeatedly or never. A question to a peer and its answer are two steps. A participant
 * asks peers, and a pre-committed one commits alone, whether replicas are reachable or not: more than the rules allow.
 * One participant at a time may be cut off from the others, one may restart; the coordinator may die for ever. When all
 * have committed, the horizon passes, facts are dropped, and one database may come back from a backup, prepared.
 *
 * Invariants: only a member of the decided J commits, and only when DECIDE is applied; no member of it aborts, before or
 * after (I1, I2). Claim finish: when the coordinator is dead for ever, nobody stays pre-committed, and nobody stays
 * prepared who knows its peers and can reach one that is pre-committed, finished or has not voted.
 */

#define PARTICIPANTS 4
#define NOBODY    PARTICIPANTS

/* The sets of members: J0 is numbered 1, J1 is 2, none is 0. Participants 0 and 1 are in both. */
#define THIRD(j)  (4 - (j))
#define IN(i, j)  ((i) <= 1 || (i) == THIRD(j))

/* A participant's branch. */
#define WORKING   0             /* or not voted and without a fact */
#define PREPARED  1
#define PRE       2             /* PRE_COMMITTED: F4 with J */
#define COMMITTED 3
#define ABORTED   4             /* F3 */
#define FORGOTTEN 5             /* at or below the horizon */

/* The decision: 0 none, 1 and 2 COMMIT with J0 or J1. */
#define ABORT     3

/* A peer's answer on its way: 0 none, 1 and 2 COMMITTED or PRE_COMMITTED with J0 or J1, 3 ABORTED. */

byte decision, owner = 1;       /* the owner as the number of its leader's J */
bool dead;                      /* no leader and no replica answers any more */
byte cut = NOBODY;              /* who is cut off from all peers */
byte restarts, restored;

byte branch[PARTICIPANTS];
byte peers[PARTICIPANTS];       /* the J of the highest term seen, volatile until F4; 0 after a restart */
byte seen[PARTICIPANTS];        /* the highest term seen, as the number of its J: durable */
byte answer[PARTICIPANTS];
bool yes[8];                    /* by (number of J - 1) * 4 + participant */

#define YES(j, i)      yes[((j) - 1) * PARTICIPANTS + (i)]
#define ALL_YES(j)     (YES(j, 0) && YES(j, 1) && YES(j, THIRD(j)))
#define REACHES(i, k)  (i != k && cut != i && cut != k)
#define DECIDED        (decision == 1 || decision == 2)
#define ENDED(k)       (branch[k] == COMMITTED || branch[k] == FORGOTTEN)
#define PASSED         (restored > 0 || (DECIDED && ENDED(0) && ENDED(1) && ENDED(THIRD(decision))))

/* What M7 looks at: all peers that can be reached are prepared, and there is one. */
#define UNCERTAIN(i, k) (!REACHES(i, k) || !IN(k, peers[i]) || branch[k] == PREPARED)
#define ALL_UNCERTAIN(i) (UNCERTAIN(i, 0) && UNCERTAIN(i, 1) && UNCERTAIN(i, 2) && UNCERTAIN(i, 3))

/* Who asks k gets an answer that is a fact. */
#ifdef T3
#define KNOWS(k)       (branch[k] != PREPARED)
#else
#define KNOWS(k)       (branch[k] != PREPARED && branch[k] != FORGOTTEN)
#endif

#define ANSWERS(i, k)  (REACHES(i, k) && IN(k, peers[i]) && KNOWS(k))
#define MAY_ASK(i, k)  (branch[i] == PREPARED && peers[i] != 0 && answer[i] == 0 && ANSWERS(i, k))

inline commit(i) {
    branch[i] = COMMITTED;
    assert(DECIDED && IN(i, decision))
}

inline abort(i) {
    branch[i] = ABORTED; peers[i] = 0; answer[i] = 0;
    assert(!DECIDED || !IN(i, decision))
}

inline preCommit(i, j) { branch[i] = PRE; peers[i] = j; answer[i] = 0 }

inline decide(j) {
    decision = j;
    assert(branch[0] != ABORTED && branch[1] != ABORTED && branch[THIRD(j)] != ABORTED)
}

active proctype Coordinator() {
    do
    :: atomic { !dead && decision == 0 && owner == 1 && ALL_YES(1) -> decide(1) }
    :: atomic { !dead && decision == 0 && owner == 2 && ALL_YES(2) -> decide(2) }
#ifdef RETRIED
    :: atomic { !dead && decision == 0 && owner == 2 && ALL_YES(1) -> decide(1) }       /* through the leader of term 1 */
#endif
    :: atomic { !dead && decision == 0 && owner == 1 -> owner = 2 }             /* take-over and ADOPT */
    :: atomic { !dead && decision == 0 -> decision = ABORT }                    /* ABORTED, or dead by the fence */
    :: !dead && cut == NOBODY -> select(cut : 0 .. PARTICIPANTS - 1)
    :: !dead && cut != NOBODY -> cut = NOBODY
    :: dead = true -> break
    od
}

/* PREPARE of the leader whose J is j. */
inline onPrepare(i, j) {
    if
    :: branch[i] == WORKING -> branch[i] = PREPARED; YES(j, i) = true
    :: branch[i] == WORKING -> abort(i)                                         /* F3, then NO */
    :: branch[i] == PREPARED -> YES(j, i) = true
    fi;
    if
    :: branch[i] == PREPARED ->
#ifndef STALE_ANSWER
        answer[i] = (peers[i] == j -> answer[i] : 0);       /* what was asked of other peers counts no more */
#endif
        peers[i] = j; seen[i] = j
    :: else
    fi
}

/* Participant i asks its peer k. */
inline ask(i, k) {
    if
    :: branch[k] == WORKING ->
#ifndef NO_F3
        abort(k);                                                               /* it can vote YES no more */
#endif
        answer[i] = 3
    :: branch[k] == PRE || branch[k] == COMMITTED -> answer[i] = peers[k]       /* 0 if it has no J to tell */
    :: branch[k] == ABORTED -> answer[i] = 3
#ifdef T3
    :: branch[k] == FORGOTTEN -> answer[i] = 3
#endif
    fi
}

inline hear(i) {
    if
#ifdef T4
    :: answer[i] == 1 || answer[i] == 2 -> preCommit(i, answer[i])
#else
    :: (answer[i] == 1 || answer[i] == 2) && IN(i, answer[i]) -> preCommit(i, answer[i])
    :: (answer[i] == 1 || answer[i] == 2) && !IN(i, answer[i]) -> answer[i] = 0
#endif
    :: answer[i] == 3 -> abort(i)
    fi
}

#ifdef EARLY
#define PRE_COMMIT_SENT(j) (decision == j || ALL_YES(j))
#else
#define PRE_COMMIT_SENT(j) (decision == j)
#endif

#ifdef NO_COMMIT_ALONE
#define MAY_COMMIT_ALONE !dead                                                  /* it waits for COMMIT */
#else
#define MAY_COMMIT_ALONE true
#endif

proctype Participant(byte i) {
    do
    /* messages of the leaders */
    :: atomic { IN(i, 1) && seen[i] <= 1 && branch[i] <= PREPARED && (peers[i] != 1 || !YES(1, i)) -> onPrepare(i, 1) }
    :: atomic { IN(i, 2) && owner == 2 && branch[i] <= PREPARED && (peers[i] != 2 || !YES(2, i)) -> onPrepare(i, 2) }
    :: atomic { !dead && branch[i] == PREPARED && PRE_COMMIT_SENT(1) && IN(i, 1) -> preCommit(i, 1) }
    :: atomic { !dead && branch[i] == PREPARED && PRE_COMMIT_SENT(2) && IN(i, 2) -> preCommit(i, 2) }
    /* ABORT of a leader; COMMIT, or the answer of a replica, to who is outside */
    :: atomic { !dead && branch[i] <= PREPARED && decision == ABORT -> abort(i) }
    :: atomic { !dead && branch[i] <= PREPARED && DECIDED && !IN(i, decision) -> abort(i) }
#ifdef COMMIT_WITHOUT_F4
    :: atomic { !dead && branch[i] == PREPARED && DECIDED && IN(i, decision) -> commit(i); peers[i] = 0 }
#endif
    /* alone */
    :: atomic { branch[i] == WORKING -> abort(i) }
    :: atomic { branch[i] == PRE && MAY_COMMIT_ALONE -> commit(i) }
#ifdef M6
    :: atomic { branch[i] == PREPARED -> abort(i) }
#endif
#ifdef M7
    :: atomic { branch[i] == PREPARED && peers[i] != 0 && cut != i && ALL_UNCERTAIN(i) -> abort(i) }
#endif
    /* section 4 */
    :: atomic { MAY_ASK(i, 0) -> ask(i, 0) }
    :: atomic { MAY_ASK(i, 1) -> ask(i, 1) }
    :: atomic { MAY_ASK(i, 2) -> ask(i, 2) }
    :: atomic { MAY_ASK(i, 3) -> ask(i, 3) }
    :: atomic { branch[i] == PREPARED && answer[i] != 0 -> hear(i) }
    /* a restart */
    :: atomic {
        restarts == 0 && branch[i] <= PREPARED -> restarts++;
        if
        :: branch[i] == PREPARED -> peers[i] = 0; answer[i] = 0
        :: branch[i] == WORKING
        fi
#ifdef TERM_LOST
        ; seen[i] = 0
#endif
       }
    /* the horizon, and a backup of a time when the branch was prepared */
    :: atomic { branch[i] == COMMITTED && PASSED -> branch[i] = FORGOTTEN }
    :: atomic { branch[i] == FORGOTTEN && restored == 0 -> restored++; branch[i] = PREPARED; peers[i] = decision }
    od
}

init {
    atomic { run Participant(0); run Participant(1); run Participant(2); run Participant(3) }
}

#ifdef FINISH
#define CAN_LEARN(i, k) (ANSWERS(i, k) && (branch[k] == WORKING || branch[k] == ABORTED || IN(i, decision)))
#define CAN_FINISH(i)   (CAN_LEARN(i, 0) || CAN_LEARN(i, 1) || CAN_LEARN(i, 2) || CAN_LEARN(i, 3))
#define STUCK(i)        (branch[i] == PRE || (branch[i] == PREPARED && peers[i] != 0 && CAN_FINISH(i)))
#define SOMEONE_STUCK   (dead && (STUCK(0) || STUCK(1) || STUCK(2) || STUCK(3)))

never {                         /* from some point on, someone is stuck for ever */
    do
    :: true
    :: SOMEONE_STUCK -> goto accept
    od;
accept:
    do
    :: SOMEONE_STUCK
    od
}
#endif
