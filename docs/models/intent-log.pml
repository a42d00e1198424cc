/*
 * Two-phase commit with presumed abort and the intent log, over a replicated log: one transaction T of birth term 0,
 * two members, leaders of the terms 0, 1 and 2 that overlap at will.
 *
 * Rules: G1 and G5 (apply), L3, L4, L6, L7 and the table of 1.2 (Leader), the table of 1.3 (the first lines of Leader),
 * U1 and U3 (Replica), U2 (BirthTable), a prepared branch never decides (Participant).
 *
 * Raft is reduced to what it promises: terms never fall along the log, and the first entry of a term is its start-up
 * entry. So the log is the term that commits at present. A record that was handed over may be an entry of that term,
 * whether its own leader put it there or a retry through a later one, in any order with others (G4), many times, or
 * never. A suffix is lost when the start-up entry of a later term commits first; it rises again when the later leader
 * commits it before that.
 *
 * There is one applied state and no index: a replica that lags is a reader that reads early and speaks late, and all
 * that is said is a bit that stays set and is heard at any later time, or never. Votes likewise.
 *
 * Invariants: whoever says COMMITTED or ABORTED says what everyone else says (I2, I9); COMMITTED never meets a member
 * that has not voted or has aborted (I3), nor ABORTED one that has committed (I1); a terminal state never changes (I11).
 */

#define LEADERS   3
#define MEMBERS   2

/* What the applied state holds of T. */
#define ABSENT    0
#define ENROLLED  1
#define COMMITTED 2
#define ABORTED   3

/* The fact that apply answers with (G5). */
#define NO_FACT        0
#define FACT_APPLIED   1
#define FACT_COMMITTED 2
#define FACT_ABORTED   3
#define FACT_DEAD      4
#define FACT_OWNED_BY  5

/* A member's branch. */
#define WORKING   0
#define PREPARED  1
#define DONE      2     /* committed */
#define UNDONE    3     /* rolled back */

/* The records of one leader: at most one that claims T (ENROLL of the first, ADOPT of the others), one that ends it. */
#define CLAIM(t)    (2 * (t))
#define END(t)      (2 * (t) + 1)
#define LEADER(r)   ((r) / 2)
#define IS_ENROLL   (r == CLAIM(0))
#define IS_ADOPT    (r % 2 == 0 && r != CLAIM(0))
#define IS_DECIDE   (r % 2 == 1 && decides[LEADER(r)])
#define IS_ABORTED  (r % 2 == 1 && !decides[LEADER(r)])
#define NO_RECORD   (2 * LEADERS)

#ifdef M1
#define FENCE true                  /* any term will do */
#else
#define FENCE (term == owner)       /* T.epoch is 0, and so is the owner of an absent T */
#endif

byte state = ABSENT, owner;
byte term;                          /* of the last applied entry, and of the next one unless a start-up entry comes */

bool handed[2 * LEADERS];           /* the record was handed to the log */
bool decides[LEADERS];              /* END is DECIDE, else ABORTED */
byte awaits[LEADERS] = NO_RECORD;   /* the record whose fact the leader waits for */
byte fact[LEADERS];                 /* and the fact, once a copy of it is applied */

byte branch[MEMBERS];
bool allYes[LEADERS];               /* this leader has got YES from every member */
bool saidCommitted, saidAborted;

bool inTable = true;                /* T is in the table object of term 0 */

inline sayCommitted() { saidCommitted = true; assert(!saidAborted) }
inline sayAborted()   { saidAborted = true;   assert(!saidCommitted) }

/* G1 and G5: one function of the state, the record r and the entry's term, which is never below the owner's. */
inline apply() {
    if
    :: state == COMMITTED -> answer = FACT_COMMITTED
    :: state == ABORTED -> answer = FACT_ABORTED
    :: state < COMMITTED && IS_ADOPT && state == ENROLLED -> owner = term; answer = FACT_APPLIED
    :: state < COMMITTED && IS_ABORTED && (state == ENROLLED || term == owner) ->
#ifdef M19
        state = (state == ENROLLED -> ABORTED : ABSENT);
#else
        state = ABORTED;
#endif
        answer = FACT_ABORTED
    :: state < COMMITTED && (IS_ENROLL || IS_DECIDE) && FENCE ->
        state = (IS_DECIDE -> COMMITTED : ENROLLED);
        answer = (IS_DECIDE -> FACT_COMMITTED : FACT_APPLIED)
    :: else -> answer = (state == ABSENT -> FACT_DEAD : FACT_OWNED_BY)
    fi
}

/* The log: start-up entries, and entries of whatever was handed over. */
active proctype Log() {
    byte r, answer;
    do
    :: term == 0 -> term = 1
    :: term < 2 -> term = 2
    :: atomic {
        select(r : 0 .. 2 * LEADERS - 1);
        if
        :: handed[r] && LEADER(r) <= term ->
            apply();
            if
            :: awaits[LEADER(r)] == r -> fact[LEADER(r)] = answer; awaits[LEADER(r)] = NO_RECORD
            :: else
            fi
        :: else
        fi;
        r = 0; answer = NO_FACT
       }
    od
}

inline handOver(r) { handed[r] = true; awaits[t] = r }

/* What the leader of term t does with the fact that stands (table 1.2). */
inline obey() {
    if
    :: fact[t] == FACT_COMMITTED -> sayCommitted(); drop()
    :: fact[t] == FACT_ABORTED || fact[t] == FACT_DEAD -> sayAborted(); drop()
#ifdef M20
    :: fact[t] == FACT_OWNED_BY -> sayAborted(); drop()
#else
    :: fact[t] == FACT_OWNED_BY             /* deposed for T: says nothing, and its table is replaced */
#endif
    fi
}
/* L7: T leaves the table of its birth when the applied state has the terminal fact. */
inline drop() { inTable = inTable && t != 0 }

/* The role of the leader of one term. It never notices that it is deposed: G1 must make it harmless. */
proctype Leader(byte t) {
    if
    :: t == 0
    :: t > 0 -> term == t;
        /* take-over, from a state that has the start-up entry */
        if
        :: atomic { state == ENROLLED -> handOver(CLAIM(t)) };              /* ADOPT */
            atomic {
                fact[t] != NO_FACT;
                if
                :: fact[t] == FACT_APPLIED -> fact[t] = NO_FACT
                :: else -> obey(); goto over
                fi
            }
        :: goto aborting                    /* its deadline has passed; or a client aborts what is not known here */
        :: goto over                        /* nothing, or a terminal fact: see Replica */
        fi
    fi;

    /* ACTIVE, PREPARING */
    do
#ifdef M34
    :: atomic { branch[0] == WORKING -> decides[t] = true; handOver(END(t)) } -> break      /* a missing vote counts as YES */
#endif
    :: !allYes[t] && branch[0] == PREPARED && branch[1] == PREPARED -> allYes[t] = true
    :: t == 0 && !handed[CLAIM(0)] -> handed[CLAIM(0)] = true               /* ENROLL, not awaited */
    :: atomic { allYes[t] -> allYes[t] = false; decides[t] = true; handOver(END(t)) } -> break      /* L3 */
    :: goto aborting
    od;

    /* DECIDING: only the log answers (L4) */
    if
    :: atomic { fact[t] != NO_FACT -> obey() }
#ifdef M3
    :: atomic { fact[t] == NO_FACT -> sayAborted() }                        /* its time is up */
#endif
    fi;
    goto over;

aborting:
    if
    :: atomic { t == 0 && !handed[CLAIM(0)] -> sayAborted(); inTable = false }      /* not dispatched: from memory */
    :: atomic { t > 0 || handed[CLAIM(0)] -> handOver(END(t)) };
#ifdef M26
        atomic { sayAborted() };
#endif
        atomic { fact[t] != NO_FACT -> obey() }
    fi;
over:
    allYes[t] = false; fact[t] = NO_FACT; awaits[t] = NO_RECORD
}

/* U1 and U3 at any replica, however stale. */
active proctype Replica() {
    do
    :: atomic { state == COMMITTED -> sayCommitted() }
    :: atomic { state == ABORTED -> sayAborted() }
#ifdef M2
    :: atomic { state == ABSENT -> sayAborted() }
#else
    :: atomic { state == ABSENT && term > 0 -> sayAborted() }
#endif
    od
}

/*
 * U2 at the node that led term 0: the table object of that term, and then the applied state. It may be deposed by then;
 * once it has noticed, who asks gets another table, and this process has ended.
 */
active proctype BirthTable() {
#ifdef M17
    if
    :: inTable = false                      /* emptied in place instead, and asked all the same */
    :: true
    fi;
#endif
#ifdef U2_ORDER
    state == ABSENT;
    atomic { !inTable -> sayAborted() }
#else
    !inTable;
    atomic { state == ABSENT -> sayAborted() }
#endif
}

/*
 * A member prepares when any leader asks, and votes YES to each; a NO is as good as a leader's deadline. It obeys what
 * anyone says; alone it may only abort what it has not prepared.
 */
proctype Participant(byte m) {
    do
    :: branch[m] == WORKING -> branch[m] = PREPARED
    :: atomic { saidCommitted && branch[m] != DONE -> assert(branch[m] == PREPARED); branch[m] = DONE }
    :: atomic { saidAborted && branch[m] != UNDONE -> assert(branch[m] != DONE); branch[m] = UNDONE }
    :: branch[m] == WORKING -> branch[m] = UNDONE
    od
}

init {
    atomic {
        run Leader(0); run Leader(1); run Leader(2);
        run Participant(0); run Participant(1)
    }
}
