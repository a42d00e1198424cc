/*
 * Paxos Commit with a registrar: one transaction T, three acceptors, instance r0 (the members) and one instance for each
 * member. The leader of T's birth term collects at ballot 0 for as long as it likes, deposed or not; each higher ballot
 * belongs to one replica, any of which may start at any time, the leader too when it wants to abort.
 * -DMEMBERS and -DBALLOTS set the size: 2 and 2, 1 and 3.
 *
 * Rules: 3.1 (Acceptor), 3.2 and Q8 (Leader), 3.3 (Recoverer), Q3 and Q4 (Reader), Q5 (vote), Q7, L7 and U2 for
 * PAXOS_COMMIT (Reader).
 *
 * Messages: a vote, a proposal and a report stay and may be heard by anyone at any later time, or never. A vote comes
 * from its member or through the leader: the same message. Promise and report are one step, as an acceptor that has
 * promised a ballot takes no lower one. Acceptors are durable before they answer.
 *
 * Invariants: an instance chooses one value (I17), and whoever says COMMITTED or ABORTED says what all others say (I2,
 * Q3); COMMITTED only when every member is prepared (I3). What is chosen is counted by an observer that sees every
 * acceptance.
 */

#ifndef MEMBERS
#define MEMBERS 2
#define BALLOTS 2
#endif

#define ACCEPTORS   3
#define INSTANCES   (MEMBERS + 1)   /* 0 is r0 */

/* Values. GO is J for r0, PREPARED for a member. */
#define NO_VALUE    0
#define STOP        1               /* ABORTED */
#define GO          2

/* What an acceptor holds in an instance: nothing, or a ballot and a value. */
#define NOTHING     0
#define CELL(b, v)  (3 * (b) + (v))
#define BALLOT(c)   ((c) / 3)
#define VALUE(c)    ((c) % 3)

#define MAJORITY(m) ((m) == 3 || (m) == 5 || (m) == 6 || (m) == 7)

/* A member. */
#define WORKING     0
#define PREPARED    1               /* F1, voted YES */
#define REFUSED     2               /* F3, voted NO */

bool prepareSent, inTable = true;   /* the leader of the birth term */
byte member[MEMBERS];
byte promised[ACCEPTORS];
byte cell[ACCEPTORS * INSTANCES];
byte heard[BALLOTS];                /* the acceptors, as bits, that have promised to this ballot's replica */
byte proposed[BALLOTS * INSTANCES];
byte learned;                       /* LEARNED as applied */
bool saidCommitted, saidAborted;

/* The observer: the acceptors, as bits, by ballot, instance and value; and what is chosen. */
#define AT(b, i, v) (2 * ((b) * INSTANCES + (i)) + (v) - 1)
byte accepted[2 * BALLOTS * INSTANCES];
byte chosen[INSTANCES];
#define BY_MAJORITY(b, i, v) MAJORITY(accepted[AT(b, i, v)])

inline sayCommitted() {
    saidCommitted = true;
    assert(!saidAborted && member[0] == PREPARED && member[MEMBERS - 1] == PREPARED)
}
inline sayAborted() { saidAborted = true; assert(!saidCommitted) }

inline accept(a, b, i, v) {
    cell[a * INSTANCES + i] = CELL(b, v);
    accepted[AT(b, i, v)] = accepted[AT(b, i, v)] | (1 << a);
    if
    :: BY_MAJORITY(b, i, v) -> assert(chosen[i] == NO_VALUE || chosen[i] == v); chosen[i] = v
    :: else
    fi
}

/* 3.1, a vote at ballot 0 for member p, with J. */
#define TAKES_VOTE(a, p) (promised[a] == 0 && cell[(a) * INSTANCES + (p) + 1] == NOTHING)

inline takeVote(a, p, v) {
    if
    :: cell[a * INSTANCES] == NOTHING -> accept(a, 0, 0, GO)
    :: else
    fi;
    accept(a, 0, p + 1, v)
}

/* 3.1, 2a at ballot b. */
#define TAKES(a, b) (proposed[(b) * INSTANCES] != NO_VALUE && promised[a] <= b && !HAS_TAKEN(a, b))
#define HAS_TAKEN(a, b) (((accepted[AT(b, 0, GO)] | accepted[AT(b, 0, STOP)]) & (1 << (a))) != 0)

inline take(a, b) {
    promised[a] = b;
    do
    :: i < INSTANCES && proposed[b * INSTANCES + i] != NO_VALUE ->
        accept(a, b, i, proposed[b * INSTANCES + i]);
        i++
    :: else -> break
    od;
    i = 0
}

proctype Acceptor(byte a) {
    byte i;
#ifdef M13
    bool forgot;
#endif
    do
    :: atomic { member[0] == PREPARED && TAKES_VOTE(a, 0) -> takeVote(a, 0, GO) }
    :: atomic { TAKES(a, 1) -> take(a, 1) }
#if MEMBERS == 2
    :: atomic { member[1] == PREPARED && TAKES_VOTE(a, 1) -> takeVote(a, 1, GO) }
#endif
#if BALLOTS == 3
    :: atomic { TAKES(a, 2) -> take(a, 2) }
#endif
#ifdef M21
    :: atomic { prepareSent && TAKES_VOTE(a, 0) -> takeVote(a, 0, STOP) }       /* a NO or a time-out, relayed */
#endif
#ifdef M13
    :: atomic {
        a == 0 && !forgot -> forgot = true; promised[a] = 0;                    /* what it had was not on its disk */
        do
        :: i < INSTANCES -> cell[a * INSTANCES + i] = NOTHING; i++
        :: else -> break
        od;
        i = 0
       }
#endif
    od
}

proctype Member(byte p) {
    prepareSent;
    if
    :: member[p] = PREPARED
    :: member[p] = REFUSED
    fi
}

/* 3.2. All that it does after PREPARE is to count; its aborts are a ballot of their own (Q8), see Recoverer. */
active proctype Leader() {
    if
    :: prepareSent = true
    :: atomic { sayAborted(); inTable = false; goto over }                      /* from memory, and no PREPARE ever */
    fi;
    if
    :: atomic { BY_MAJORITY(0, 0, GO) && BY_MAJORITY(0, 1, GO) && BY_MAJORITY(0, MEMBERS, GO) -> sayCommitted() }
#ifdef EARLY_LEAVE
        ; inTable = false                                                       /* LEARNED is on its way */
#endif
#ifdef M21
    :: atomic { BY_MAJORITY(0, 1, STOP) -> sayAborted() }
#endif
#ifdef M27
    :: atomic { sayAborted() }                                                  /* from memory */
#endif
    fi;
over:
    skip
}

#define ACCEPTED(b) (BY_MAJORITY(b, 0, GO) || BY_MAJORITY(b, 0, STOP))
#define GOES(b)     (proposed[(b) * INSTANCES] == GO && proposed[(b) * INSTANCES + 1] == GO \
                        && proposed[(b) * INSTANCES + MEMBERS] == GO)

/* 3.3: the replica that owns ballot b. */
proctype Recoverer(byte b) {
    byte a, i;
    byte best[INSTANCES];

    /* (1) and (2): 1a, 1b */
    do
    :: MAJORITY(heard[b]) -> break
    :: heard[b] != 7 ->
        atomic {
            select(a : 0 .. ACCEPTORS - 1);
            if
            :: (heard[b] & (1 << a)) == 0 && promised[a] < b ->
                promised[a] = b;
                heard[b] = heard[b] | (1 << a);
                do
                :: i < INSTANCES ->
                    if
                    :: best[i] == NOTHING || BALLOT(cell[a * INSTANCES + i]) > BALLOT(best[i]) ->
                        best[i] = cell[a * INSTANCES + i]
                    :: else
                    fi;
                    i++
                :: else -> break
                od;
                i = 0
            :: else
            fi;
            a = 0
        }
    od;
    /* (3): 2a */
    atomic {
        if
#ifdef M11
        :: true -> proposed[b * INSTANCES] = STOP
#else
        :: VALUE(best[0]) != GO -> proposed[b * INSTANCES] = STOP
#ifdef M12
            ; sayAborted()                                                      /* nobody has voted */
#endif
        :: VALUE(best[0]) == GO ->
            proposed[b * INSTANCES] = GO;
            i = 1;
            do
            :: i < INSTANCES ->
                proposed[b * INSTANCES + i] = (best[i] == NOTHING -> STOP : VALUE(best[i]));
                i++
            :: else -> break
            od
#endif
        fi;
        i = 0;
        do
        :: i < INSTANCES -> best[i] = NOTHING; i++
        :: else -> break
        od;
        i = 0
    };
    /* (4): it is known when a majority has accepted */
    if
    :: atomic { ACCEPTED(b) && GOES(b) -> sayCommitted() }
    :: atomic { ACCEPTED(b) && !GOES(b) -> sayAborted() }
    fi
}
/* LEARNED, proposed by who knows; and status answers of any replica, the leader of the birth term among them. */
active proctype Reader() {
    do
    :: atomic { saidCommitted && prepareSent -> assert(learned != STOP); learned = GO }
    :: atomic { saidAborted && prepareSent -> assert(learned != GO); learned = STOP }
    :: learned != NO_VALUE -> inTable = false                                   /* L7 */
    :: atomic { learned == GO -> sayCommitted() }                               /* U3 */
    :: atomic { learned == STOP -> sayAborted() }
    :: atomic { !inTable && learned == NO_VALUE -> sayAborted() }               /* U2 */
#ifdef U1_TOO
    :: atomic { learned == NO_VALUE -> sayAborted() }                           /* a later term, and T is absent */
#endif
    od
}

init {
    byte n;
    atomic {
        n = 0;
        do
        :: n < ACCEPTORS -> run Acceptor(n); n++
        :: else -> break
        od;
        n = 0;
        do
        :: n < MEMBERS -> run Member(n); n++
        :: else -> break
        od;
        n = 1;
        do
        :: n < BALLOTS -> run Recoverer(n); n++
        :: else -> break
        od
    }
}
