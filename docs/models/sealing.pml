/*
 * Sealing before FORGET (Q6): a transaction T of PAXOS_COMMIT that only acceptors know, under a horizon that passes it.
 * Its member has voted, its leader is gone. The leaders of the terms 1 and 2 want to forget; another replica recovers T
 * at the same time, and is in the middle of its ballot when acceptors are sealed.
 *
 * One instance stands for r0 and the member. Ballots: 0 the vote, 1 the leader of term 1, 2 the other replica, 3 the
 * leader of term 2; or, with OVERTAKING, 1 the other replica, 3 the leader of term 1, which was deposed and does not
 * know, 2 and, where that is refused, 4 the leader of term 2. A leader seals and recovers with the same ballot.
 *
 * Rules: Q6 (seal, Sealer), the fence of FORGET (Sealer), 3.1 (Acceptor), 3.3 (recover), LEARNED only above the
 * horizon (learn); what is LEARNED counts as acknowledged by its member. Where Q6 leaves room this is what holds:
 *   - what an acceptor holds of T, and reports, is a vote, an accepted value or a bare promise;
 *   - a seal is refused where more is promised than its ballot, and where a leader of a later term has sealed;
 *   - a sealed acceptor refuses every vote, promises nothing but the ballot of its seal, to the leader that has heard of
 *     T elsewhere and must recover it before it forgets, and accepts nothing below that;
 *   - an acceptor drops what it holds of T when its own replica has applied FORGET, and is sealed from then on, also
 *     if no leader had asked it;
 *   - FORGET is judged by its entry's term: only the leader that sealed in that term may forget.
 *
 * Invariants: what is forgotten is no commit but one that was LEARNED, and it never becomes one later (I13); what is
 * LEARNED is what is chosen (Q3). When nothing moves any more, the last leader has forgotten: a horizon is never blocked
 * by its own seals.
 */

#define ACCEPTORS   3
#define MAJORITY(m) ((m) == 3 || (m) == 5 || (m) == 6 || (m) == 7)

/* Values, and what an acceptor has accepted: nothing, or a ballot and a value. */
#define NO_VALUE    0
#define STOP        1
#define GO          2
#define NOTHING     0
#define CELL(b, v)  (3 * (b) + (v))
#define BALLOT(c)   ((c) / 3)
#define VALUE(c)    ((c) % 3)

#define BY_HORIZON  5       /* a seal that is no leader's: above all ballots */
#ifdef OVERTAKING
#define OTHER        1      /* the ballot of the replica that is no leader */
#define FIRST_OF(t)  (t == 1 -> 3 : 2)
#define NEXT_OF(b)   (b == 2 -> 4 : b)
#else
#define OTHER        2
#define FIRST_OF(t)  (t == 1 -> 1 : 3)
#define NEXT_OF(b)   b
#endif

byte term;                  /* of the last applied entry */
byte promised[ACCEPTORS], cell[ACCEPTORS];
byte seal[ACCEPTORS];       /* the ballot of its seal, 0 if there is none */
byte sealedIn[ACCEPTORS];   /* the term of the leader that sealed it */
byte accepted[10];          /* the acceptors, as bits, by ballot and value: seen by an observer */
byte proposed[5];
byte learned;
bool forgotten;

#define AT(b, v)    (2 * (b) + (v) - 1)
#define CHOSEN(b, v) MAJORITY(accepted[AT(b, v)])
#define COMMITTED   (CHOSEN(0, GO) || CHOSEN(1, GO) || CHOSEN(2, GO) || CHOSEN(3, GO) || CHOSEN(4, GO))
#define ABORTED     (CHOSEN(1, STOP) || CHOSEN(2, STOP) || CHOSEN(3, STOP) || CHOSEN(4, STOP))

#define HOLDS(a)    (cell[a] != NOTHING || promised[a] != 0)
#ifdef BARE_PROMISE
#define REPORTS(a)  (cell[a] != NOTHING)
#else
#define REPORTS(a)  HOLDS(a)
#endif

#ifdef REFUSE_ALL
#define MAY_PROMISE(a, b) (seal[a] == 0)
#else
#ifdef ANY_BALLOT
#define MAY_PROMISE(a, b) (seal[a] != BY_HORIZON)
#else
#define MAY_PROMISE(a, b) (seal[a] == 0 || seal[a] == b)
#endif
#endif

inline accept(a, b, v) {
    cell[a] = CELL(b, v);
    accepted[AT(b, v)] = accepted[AT(b, v)] | (1 << a);
    assert(!forgotten || !COMMITTED || learned == GO);
    assert(learned != GO || !ABORTED)
}

#ifdef LATE_2A
#define MAY_TAKE(a, b) true
#else
#define MAY_TAKE(a, b) (seal[a] <= b)
#endif
#define TAKES(a, b) (MAY_TAKE(a, b) && proposed[b] != NO_VALUE && promised[a] <= b && BALLOT(cell[a]) < b)

/* Acceptors are numbered by the order in which the vote reaches them: nothing else tells them apart. */
#define HAS_VOTE_BEFORE(a) (a == 0 || (accepted[AT(0, GO)] & (1 << (a - 1))) != 0)

proctype Acceptor(byte a) {
    do
    :: atomic { HAS_VOTE_BEFORE(a) && seal[a] == 0 && promised[a] == 0 && cell[a] == NOTHING -> accept(a, 0, GO) }
    :: atomic {
        forgotten && (HOLDS(a) || seal[a] != BY_HORIZON) -> promised[a] = 0; cell[a] = NOTHING;
#ifndef DROP_UNSEALED
        seal[a] = BY_HORIZON
#endif
       }
    :: atomic { TAKES(a, 1) -> promised[a] = 1; accept(a, 1, proposed[1]) }
    :: atomic { TAKES(a, 2) -> promised[a] = 2; accept(a, 2, proposed[2]) }
    :: atomic { TAKES(a, 3) -> promised[a] = 3; accept(a, 3, proposed[3]) }
#ifdef OVERTAKING
    :: atomic { TAKES(a, 4) -> promised[a] = 4; accept(a, 4, proposed[4]) }
#endif
    od
}

#define PROMISES(a, b) ((heard & (1 << a)) == 0 && promised[a] < b && MAY_PROMISE(a, b))
inline promise(a, b) {
    promised[a] = b; heard = heard | (1 << a);
    best = (best == NOTHING || BALLOT(cell[a]) > BALLOT(best) -> cell[a] : best)
}

/* The replica of ballot b collects promises of a majority. */
inline collect(b) {
    do
    :: atomic { MAJORITY(heard) -> heard = 0; break }
    :: atomic { PROMISES(0, b) -> promise(0, b) }
    :: atomic { PROMISES(1, b) -> promise(1, b) }
    :: atomic { PROMISES(2, b) -> promise(2, b) }
    od;
    atomic {
        proposed[b] = (best == NOTHING -> STOP : VALUE(best));
        best = NOTHING
    }
}
inline learn(b) {
    atomic {
        CHOSEN(b, proposed[b]);
        learned = (forgotten -> learned : proposed[b])
    }
}

active proctype Recoverer() {
    byte heard, best;
    bool done;
    collect(OTHER);
    learn(OTHER)
}

#ifdef BARE_PROMISE
#define ABOVE_PROMISES(a) true
#else
#define ABOVE_PROMISES(a) (promised[a] <= ballot)
#endif
#ifdef ANY_SEAL
#define BEFORE_LATER(a) true
#else
#define BEFORE_LATER(a) (sealedIn[a] <= t)
#endif
#define SEALS(a) ((sealed & (1 << a)) == 0 && ABOVE_PROMISES(a) && seal[a] <= ballot && BEFORE_LATER(a))
#define REFUSES(a) (promised[a] > ballot || (seal[a] > ballot && seal[a] != BY_HORIZON))
#ifdef UNFENCED
#define MAY_FORGET true
#else
#define MAY_FORGET (term == t)
#endif
inline askToSeal(a) {
    sealed = sealed | (1 << a);
    found = found || REPORTS(a);
#ifndef ASK_ONLY
    seal[a] = ballot; sealedIn[a] = t
#endif
}

/* The leader of term t: seals a majority, recovers what it is told of, forgets. */
proctype Sealer(byte t) {
    byte ballot = FIRST_OF(t);
    byte sealed, heard, best;
    bool found;
    atomic { term < t && !forgotten -> term = t };
#ifndef M22
    do
    :: MAJORITY(sealed) -> break
    :: atomic { SEALS(0) -> askToSeal(0) }
    :: atomic { SEALS(1) -> askToSeal(1) }
    :: atomic { SEALS(2) -> askToSeal(2) }
#ifdef OVERTAKING
    :: atomic {
        ballot != NEXT_OF(ballot) && (REFUSES(0) || REFUSES(1) || REFUSES(2)) ->
        ballot = NEXT_OF(ballot); sealed = 0
       }
#endif
    od;
#endif
    sealed = 0;
    if
    :: found && learned == NO_VALUE -> collect(ballot); learn(ballot)
    :: !found || learned != NO_VALUE
    fi;
    atomic {
        MAY_FORGET -> forgotten = true;
        assert(!COMMITTED || learned == GO)
    }
}
active proctype Watch() {
    timeout -> assert(term < 2 || forgotten)
}

init {
    byte a;
    atomic {
        do
        :: a < ACCEPTORS -> run Acceptor(a); a++
        :: else -> break
        od;
        run Sealer(1); run Sealer(2)
    }
}
