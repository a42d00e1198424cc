/*
 * Sealing before FORGET (Q6): a transaction T of PAXOS_COMMIT that only acceptors know, under a horizon that passes it.
 * Its member has voted, its leader is gone. The leaders of the terms 1 and 2 want to forget; another replica recovers T
 * at the same time, and is in the middle of its ballot when acceptors are sealed.
 *
 * One instance stands for r0 and the member. Ballots: 0 the vote, 1 the leader of term 1, 2 the other replica, 3 the
 * leader of term 2.
 *
 * Rules: Q6 (seal, Sealer), the fence of FORGET (Sealer), 3.1 (Acceptor), 3.3 (recover), LEARNED only above the
 * horizon (learn); what is LEARNED counts as acknowledged by its member. Where Q6 leaves room this is what holds:
 *   - what an acceptor holds of T, and reports, is a vote, an accepted value or a bare promise;
 *   - a sealed acceptor refuses every vote; of a T of which it holds nothing it refuses everything, but a promise to
 *     the leader whose seal is its latest: that one has heard of T elsewhere and must recover it before it forgets;
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

#define BY_HORIZON  3       /* a seal that is no leader's */
#define OTHER       2       /* the ballot of the replica that is no leader */
#define BALLOT_OF(t) (t == 1 -> 1 : 3)

byte term;                  /* of the last applied entry */
byte promised[ACCEPTORS], cell[ACCEPTORS];
byte seal[ACCEPTORS];       /* the term of the latest leader that sealed it, 0 if none */
byte accepted[8];           /* the acceptors, as bits, by ballot and value: seen by an observer */
byte proposed[4];
byte learned;
bool forgotten;

#define AT(b, v)    (2 * (b) + (v) - 1)
#define CHOSEN(b, v) MAJORITY(accepted[AT(b, v)])
#define COMMITTED   (CHOSEN(0, GO) || CHOSEN(1, GO) || CHOSEN(2, GO) || CHOSEN(3, GO))
#define ABORTED     (CHOSEN(1, STOP) || CHOSEN(2, STOP) || CHOSEN(3, STOP))

#define HOLDS(a)    (cell[a] != NOTHING || promised[a] != 0)
#ifdef BARE_PROMISE
#define REPORTS(a)  (cell[a] != NOTHING)
#else
#define REPORTS(a)  HOLDS(a)
#endif

#ifdef REFUSE_ALL
#define MAY_PROMISE(a, t) (seal[a] == 0)
#else
#ifdef ANY_SEAL
#define MAY_PROMISE(a, t) (seal[a] == 0 || HOLDS(a) || t != 0)
#else
#define MAY_PROMISE(a, t) (seal[a] == 0 || HOLDS(a) || seal[a] == t)
#endif
#endif

inline accept(a, b, v) {
    cell[a] = CELL(b, v);
    accepted[AT(b, v)] = accepted[AT(b, v)] | (1 << a);
    assert(!forgotten || !COMMITTED || learned == GO);
    assert(learned != GO || !ABORTED)
}

#ifdef LATE_2A
#define MAY_TAKE(a) true
#else
#define MAY_TAKE(a) (seal[a] == 0 || HOLDS(a))
#endif
#define TAKES(a, b) (MAY_TAKE(a) && proposed[b] != NO_VALUE && promised[a] <= b && BALLOT(cell[a]) < b)

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
    od
}

#define PROMISES(a, b, t) ((heard & (1 << a)) == 0 && promised[a] < b && MAY_PROMISE(a, t))
inline promise(a, b) {
    promised[a] = b; heard = heard | (1 << a);
    best = (best == NOTHING || BALLOT(cell[a]) > BALLOT(best) -> cell[a] : best)
}

/* The replica of ballot b collects promises of a majority; t is its term if it is the leader that seals, else 0. */
inline collect(b, t) {
    do
    :: atomic { MAJORITY(heard) -> heard = 0; break }
    :: atomic { PROMISES(0, b, t) -> promise(0, b) }
    :: atomic { PROMISES(1, b, t) -> promise(1, b) }
    :: atomic { PROMISES(2, b, t) -> promise(2, b) }
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
    collect(OTHER, 0);
    learn(OTHER)
}

#define SEALS(a)   ((sealed & (1 << a)) == 0 && seal[a] <= t)
#ifdef UNFENCED
#define MAY_FORGET true
#else
#define MAY_FORGET (term == t)
#endif
inline askToSeal(a) {
    sealed = sealed | (1 << a);
    found = found || REPORTS(a);
#ifndef ASK_ONLY
    seal[a] = t
#endif
}

/* The leader of term t: seals a majority, recovers what it is told of, forgets. */
proctype Sealer(byte t) {
    byte sealed, heard, best;
    bool found;
    atomic { term < t && !forgotten -> term = t };
#ifndef M22
    do
    :: MAJORITY(sealed) -> break
    :: atomic { SEALS(0) -> askToSeal(0) }
    :: atomic { SEALS(1) -> askToSeal(1) }
    :: atomic { SEALS(2) -> askToSeal(2) }
    od;
#endif
    sealed = 0;
    if
    :: found && learned == NO_VALUE -> collect(BALLOT_OF(t), t); learn(BALLOT_OF(t))
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
