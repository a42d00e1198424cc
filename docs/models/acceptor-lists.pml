/*
 * Which acceptors a PAXOS_COMMIT transaction T has (Q1, Q2): replicas come and go while T is unfinished, the leader hands
 * in two lists for its term, and one acceptor loses its disk.
 *
 * Rules: Q2 and the record ACCEPTORS of G1 (Log, Leader, Recoverer), Q1 (Disk), 3.1 (Acceptor), 3.3 (Recoverer).
 *
 * Five replicas, two lists with one replica in common: first {0, 1, 2}, later {2, 3, 4}; the step-wise changes of the
 * membership between them are one. One instance stands for r0 and the member, who votes to the list that PREPARE named.
 * Ballot 0 is the vote; another replica recovers at ballot 1. A removed replica whose store is gone only
 * answers nothing, which is no matter of safety.
 *
 * Invariant: who says COMMITTED or ABORTED says what all others say (I2, I11).
 */

#define REPLICAS    5
#define MAJORITY(m) ((m) == 3 || (m) == 5 || (m) == 6 || (m) == 7)

/* The lists are numbered 1 and 2, 0 is none. */
#define IN(a, list) (list == 1 && a <= 2 || list == 2 && a >= 2)
#define MAJORITY_OF(list, m) (list == 1 && MAJORITY((m) & 7) || list == 2 && MAJORITY((m) >> 2))

#define NO_VALUE    0
#define STOP        1
#define GO          2
#define NOTHING     0
#define CELL(b, v)  (3 * (b) + (v))
#define BALLOT(c)   ((c) / 3)
#define VALUE(c)    ((c) % 3)

byte members = 1;               /* the present membership, as the number of the list that it equals */
byte handed;                    /* the lists, as bits, that the leader has handed to the log */
byte standing;                  /* the list that ACCEPTORS left in the applied state */
byte prepared;                  /* the list that PREPARE named */

byte promised[REPLICAS], cell[REPLICAS];
bool lost[REPLICAS];            /* another storage incarnation than the one in the list */
byte accepted[2];               /* the acceptors, as bits, by ballot */
byte proposed, asked;           /* 2a at ballot 1: the value, and the list that it goes to */
bool saidCommitted, saidAborted;

inline sayCommitted() { saidCommitted = true; assert(!saidAborted) }
inline sayAborted()   { saidAborted = true;   assert(!saidCommitted) }

inline accept(a, b, v) { cell[a] = CELL(b, v); accepted[b] = accepted[b] | (1 << a) }

#define TAKES(a)    (proposed != NO_VALUE && IN(a, asked) && !lost[a] && BALLOT(cell[a]) == 0)

proctype Acceptor(byte a) {
    do
    :: atomic { IN(a, prepared) && !lost[a] && promised[a] == 0 && cell[a] == NOTHING -> accept(a, 0, GO) }
    :: atomic { TAKES(a) -> promised[a] = 1; accept(a, 1, proposed) }
    od
}

active proctype Log() {
    do
    :: d_step { (handed & 1) != 0 && standing == 0 -> standing = 1 }           /* the first one stands for ever */
    :: d_step { (handed & 2) != 0 && standing == 0 -> standing = 2 }
    :: members == 1 -> members = 2
    od
}

/* The leader of T's birth term. Its first ACCEPTORS seems lost, so it hands in another one. */
active proctype Leader() {
    byte sent;
    atomic { handed = members; sent = members };
    if
    :: atomic { members == 2 && sent == 1 -> handed = handed | 2; sent = 2 }
    :: true
    fi;
#ifdef SENT
    atomic { standing != 0 -> prepared = sent };
#else
    atomic { standing != 0 -> prepared = standing };
#endif
    atomic { MAJORITY_OF(prepared, accepted[0]) -> sayCommitted() }
}

#ifdef M28
#define LIST members
#else
#define LIST standing           /* 0 as long as it does not know it: the answer is PENDING */
#endif

active proctype Recoverer() {
    byte list, a, heard, best;
    atomic { LIST != 0 && prepared != 0 -> list = LIST };
    do
    :: atomic { MAJORITY_OF(list, heard) -> heard = 0; break }
    :: atomic {
        select(a : 0 .. REPLICAS - 1);
        if
        :: IN(a, list) && !lost[a] && promised[a] == 0 ->
            promised[a] = 1; heard = heard | (1 << a);
            best = (best == NOTHING -> cell[a] : best)
        :: else
        fi;
        a = 0
       }
    od;
    atomic {
        proposed = (best == NOTHING -> STOP : VALUE(best));
        asked = list; best = NOTHING
    };
    if
    :: atomic { MAJORITY_OF(list, accepted[1]) && proposed == GO -> sayCommitted() }
    :: atomic { MAJORITY_OF(list, accepted[1]) && proposed == STOP -> sayAborted() }
    fi
}

/* Q1. One acceptor loses its disk, and comes back with another storage incarnation, in no list of before. */
#ifdef Q1
#define REJOINS_AS_ANOTHER false
#else
#define REJOINS_AS_ANOTHER true
#endif

active proctype Disk() {
    if
    :: atomic { promised[0] = 0; cell[0] = NOTHING; lost[0] = REJOINS_AS_ANOTHER }
    :: atomic { promised[2] = 0; cell[2] = NOTHING; lost[2] = REJOINS_AS_ANOTHER }
    :: true
    fi
}

init {
    byte a;
    atomic {
        do
        :: a < REPLICAS -> run Acceptor(a); a++
        :: else -> break
        od
    }
}
