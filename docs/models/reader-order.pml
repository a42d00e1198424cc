/*
 * One reader beside the thread that applies: the order of their reads and writes (section 0, GroupState). T has birth
 * term 0; it is enrolled, committed, acknowledged and forgotten, or not, before a later term begins; its birth leader
 * lets it leave the table when the outcome is applied.
 *
 * Rules: "readers read in the order lastTerm, open record, outcome, horizon" (Reader), "apply writes the outcome before
 * it removes the open record, the horizon before it deletes outcomes; lastTerm only after all earlier entries are
 * visible" (Apply), U1, U2 (Reader, a reader at the birth leader reads the table first), U4.
 *
 * Each read and each write is one step, seen by all at once.
 *
 * Invariants: ABORTED is answered only if T is never committed, before or after (I9); a commit that is not forgotten
 * yet is never EXPIRED.
 */

#define ABSENT    0
#define ENROLLED  1
#define COMMITTED 2

byte open, outcome, lastTerm;
bool horizon;                   /* it covers T */
bool table = true;              /* T is in the table of its birth leader */
bool committed, forgotten;      /* what the log has come to */
bool answeredAborted, answeredExpired;

inline startTerm() { lastTerm = 1 }

active proctype Apply() {
#ifdef TERM_EARLY
    startTerm();                /* told by the engine at once, beside the queue */
#endif
    if
    :: true                     /* nothing of T is in the log */
    :: if
       :: open = ENROLLED
       :: true
       fi;
       if
       :: true                  /* and nothing more */
       :: atomic { open = COMMITTED; committed = true };
          table = false;
          /* all have acknowledged */
#ifdef OPEN_FIRST
          open = ABSENT;
          outcome = COMMITTED;
#else
          outcome = COMMITTED;
          open = ABSENT;
#endif
          if
          :: true
          :: forgotten = true;
#ifdef OUTCOME_FIRST
             outcome = ABSENT;
             horizon = true
#else
             horizon = true;
             outcome = ABSENT
#endif
          fi
       fi
    fi;
    startTerm();
    assert(!answeredAborted || !committed);
    assert(!answeredExpired || forgotten)
}

/* One answer, of the birth leader or of another replica. */
active proctype Reader() {
    bool inTable = true, covered;
    byte seenOpen, seenOutcome, seenTerm;
#ifdef STATE_BEFORE_TABLE
    seenOpen = open; seenOutcome = outcome;
#endif
    if
    :: inTable = table          /* the birth leader */
    :: true
    fi;
#ifndef TERM_LAST
    seenTerm = lastTerm;
#endif
#ifdef HORIZON_FIRST
    covered = horizon;
#endif
#ifdef OPEN_LAST
    seenOutcome = outcome;
    seenOpen = open;
#else
#ifndef STATE_BEFORE_TABLE
    seenOpen = open;
    seenOutcome = outcome;
#endif
#endif
#ifndef HORIZON_FIRST
    covered = horizon;
#endif
#ifdef TERM_LAST
    seenTerm = lastTerm;
#endif
    if
    :: seenOpen != ABSENT || seenOutcome != ABSENT              /* PENDING or COMMITTED: a fact */
    :: seenOpen == ABSENT && seenOutcome == ABSENT && covered -> answeredExpired = true
    :: seenOpen == ABSENT && seenOutcome == ABSENT && !covered && (seenTerm > 0 || !inTable) ->         /* U1, U2 */
        answeredAborted = true; assert(!committed)
    :: else                                                     /* PENDING */
    fi
}
