/*
 * The tombstone of the SDK: one branch of an aborted transaction in one database that two instances of a service use.
 * Instance A works, prepares, and may crash; ABORT goes to any instance, here to A and to B at once.
 *
 * Rules: P1 (Prepare), P2 (Abort), P3 (Work), the rows NOT_VOTED, WORKING and ABORTED of the table of 1.7.
 *
 * The row of the branch is one key: F2 is inserted by the branch when it first works, uncommitted and locked until the
 * branch ends; F3 is inserted by a local transaction, which waits for that lock or times out. A prepared branch keeps
 * its lock, outlives its connection, and any connection may roll it back by its name; a branch that is not prepared is
 * known only to its connection, to others it is XAER_NOTA.
 *
 * Invariants: once an abort or a NO is told, nothing is prepared, now or ever, and no YES is told (I12); F2 never
 * becomes visible. And both handlers end, whatever the other does: no state without a way to the end.
 */

/* The key of the branch's row. */
#define FREE      0
#define HELD      1     /* F2, uncommitted */
#define TOMBSTONE 2     /* F3 */

/* The branch in the database. */
#define NONE      0
#define LIVE      1     /* known to instance A's connection only */
#define PREPARED  2     /* F1 */

#define A 0
#define B 1

byte key = FREE, branch = NONE;
bool hasRow;            /* the live or prepared branch has inserted F2 */
bool told;              /* an abort was acknowledged or a NO said */
byte crashes, works;

/* The branch's end, by commit of nothing or by roll-back: its row and its lock go with it. */
inline rollBack() {
    branch = NONE;
    key = (hasRow -> FREE : key);
    hasRow = false
}

/* F3 in its own local transaction: done when it stands, by this or another hand. */
inline insertTombstone(done) {
    atomic {
        if
        :: key == FREE -> key = TOMBSTONE; done = true
        :: key == TOMBSTONE -> done = true      /* duplicate key */
        :: key == HELD -> done = false          /* lock time-out */
        fi
    }
}

inline tell() { atomic { told = true; assert(branch != PREPARED) } }

/* The business calls and their late copies: a branch begins with its row (P3). */
active proctype Work() {
end:
    do
    :: atomic {
        works < 2 && branch == NONE ->
        works++;
#ifdef M39
        branch = LIVE                           /* the row comes with the commit */
#else
        if
        :: key == FREE -> key = HELD; hasRow = true; branch = LIVE
        :: else                                 /* a tombstone: the call fails */
        fi
#endif
       }
    :: atomic { crashes == 0 && branch == LIVE -> crashes++; rollBack() }
    od
}

/* PREPARE and its late copies, at instance A. */
active proctype Prepare() {
    bool done;
    byte copies;
    do
    :: copies < 2 -> copies++;
        if
        :: branch == NONE ->                    /* NOT_VOTED or ABORTED: F3, then NO */
#ifdef M8
            skip                                /* nothing stays of it */
#else
            insertTombstone(done);
            if
            :: done -> tell()
            :: else                             /* a branch has come meanwhile: no reply */
            fi
#endif
        :: branch == LIVE ->
            if
            :: atomic {
                branch == LIVE -> branch = PREPARED;
                assert(!told)                   /* P1: YES, when prepare has returned */
               }
            :: branch != LIVE                   /* it has gone meanwhile: no reply */
            fi
        :: branch == PREPARED                   /* repeats YES: true when it looked, if late when it is heard */
        fi
    :: break
    od
}

/* P2: (1) roll back a live handle of this instance, (2) roll back by name, (3) insert F3, or from (1) again. */
proctype Abort(byte instance) {
    bool done;
    do
    :: done -> break
    :: else ->
        atomic {                                /* (1) */
            if
            :: instance == A && branch == LIVE -> rollBack()
            :: else
            fi
        };
#ifdef WRONG_ORDER
        insertTombstone(done);
#endif
        atomic {                                /* (2) */
            if
            :: branch == PREPARED -> rollBack()
            :: else                             /* NOTA */
            fi
        };
#if defined(WRONG_ORDER) || defined(M8)
        done = true
#else
        insertTombstone(done)                   /* (3) */
#endif
    od;
    tell()
}

init {
    atomic { run Abort(A); run Abort(B) }
}
