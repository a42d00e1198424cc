/*
 * The branch that commits is the branch that worked: an initiator makes two calls to one participant within T, either
 * answer may be lost, the participant may restart at any time, and calls and PREPARE come late and repeatedly.
 *
 * Rules: L2 (Coordinator, look-up in Participant), L8 (Initiator, onPrepare, call), READ_ONLY of 1.5, the handed-over vote,
 * and the columns PREPARE, COMMIT, ABORT and Restart of 1.7 for a participant that loses unprepared work.
 *
 * A call is one step at the participant: PREPARE waits for one that is running. The decision is one cell, see
 * intent-log.pml. Another leader may take T over once, and ask again. Other members are not modelled, T may commit
 * without this one. The initiator commits with what it has seen, whether or not it knows that an answer is missing.
 *
 * Invariants (I21): a branch that commits holds the calls that the initiator has seen answered, all of them and no other;
 * T commits only if each answered call that has written stands in a branch that voted YES; who voted YES in a committed
 * T commits (I1).
 */

#define CALLS     2

/* A call. */
#define NOT_SENT  0
#define SENT      1
#define EXECUTED  2         /* the answer is on its way */
#define ANSWERED  3
#define FAILED    4         /* the answer is an error, or is lost for good */

/* Votes; none is 0. */
#define NO_VOTE   0
#define YES       1
#define READ_ONLY 2
#define NO        3

/* The branch, or the lack of one. */
#define NONE      0
#define WORKING   1
#define PREPARED  2

#define UNDECIDED 0
#define COMMIT    1
#define ABORT     2

/* The initiator. */
byte call[CALLS];
bool counted[CALLS];                /* answered when commit was requested */
byte answerToken[CALLS], answerCalls[CALLS], answerVote[CALLS];
bool wrote[CALLS];

/* The coordinator. */
bool requested;                     /* commit was requested: J is frozen */
bool isMember;                      /* the participant is in J */
byte token, calls;                  /* what J says of its branch */
byte handedOver;                    /* its vote, if the initiator had one to hand over */
byte vote;                          /* the first vote, which counts */
bool adopted;                       /* T was enrolled, and another leader has taken it over */
byte decision;

#define MUST_ASK  (isMember && (handedOver == NO_VOTE || (adopted && handedOver == YES)))

/* The participant. */
byte branch, branchToken, branchCalls, tokens;
bool holds[CALLS];                  /* the effects in the branch */
bool f2, f3;
byte restarts;
bool replied[4];                    /* its answers to PREPARE, by vote */

#define IN_W      (isMember && vote == YES)

/* The effects of the branch are gone. */
inline leave() { branch = NONE; branchToken = 0; branchCalls = 0; holds[0] = false; holds[1] = false }

inline rollBack() { assert(decision != COMMIT || !IN_W); leave(); f3 = true }

inline commitBranch() {
    assert(decision == COMMIT && holds[0] == counted[0] && holds[1] == counted[1]);
    leave(); f2 = true
}

/* A vote is passed on only if it speaks of all the calls that were seen answered. */
inline handOver(k) {
    if
#ifdef VOTE_ANYWAY
    :: answerVote[k] != NO_VOTE ->
#else
    :: answerVote[k] != NO_VOTE && answerCalls[k] == calls ->
#endif
        handedOver = answerVote[k]
    :: else
    fi
}

/* An answer that is not in J's count is one that the initiator did not see. */
active proctype Initiator() {
    byte seen;
    do
    :: call[0] == NOT_SENT -> call[0] = SENT
    :: call[1] == NOT_SENT -> call[1] = SENT
    :: call[0] == EXECUTED -> call[0] = ANSWERED
    :: call[1] == EXECUTED -> call[1] = ANSWERED
    :: break
    od;
    /* commit */
    atomic {
        counted[0] = (call[0] == ANSWERED); counted[1] = (call[1] == ANSWERED);
        seen = counted[0] + counted[1];
        isMember = (seen > 0);
        calls = seen;
        if
        :: seen == 2 && answerToken[0] != answerToken[1] -> decision = ABORT
        :: seen == 2 && answerToken[0] == answerToken[1] -> token = answerToken[0]; handOver(0); handOver(1)
        :: seen == 1 && counted[0] -> token = answerToken[0]; handOver(0)
        :: seen == 1 && counted[1] -> token = answerToken[1]; handOver(1)
        :: seen == 0
        fi;
        seen = 0;
        requested = true
    }
}
active proctype Coordinator() {
    requested;
asks:
    atomic { vote = (handedOver == READ_ONLY || !adopted -> handedOver : NO_VOTE) };        /* L3 */
    if
    :: MUST_ASK && vote == NO_VOTE ->
        if
        :: atomic { replied[YES] -> vote = YES }
        :: atomic { replied[READ_ONLY] -> vote = READ_ONLY }
        :: atomic { replied[NO] -> vote = NO }
        :: true                                                 /* its deadline */
        fi
    :: else
    fi;
    if
    :: true
    :: atomic {                                                 /* a new leader asks again */
        !adopted -> adopted = true;
        replied[YES] = false; replied[READ_ONLY] = false; replied[NO] = false;
        goto asks
       }
    fi;
    atomic {
        decision == UNDECIDED;
        if
        :: !isMember || vote == YES || vote == READ_ONLY ->
            decision = COMMIT;
            assert(!counted[0] || !wrote[0] || vote == YES);
            assert(!counted[1] || !wrote[1] || vote == YES)
        :: else -> decision = ABORT
        fi
    }
}

inline prepare() {
    if
    :: !(holds[0] && wrote[0]) && !(holds[1] && wrote[1]) -> leave(); result = READ_ONLY
    :: branch = PREPARED; result = YES
    fi
}

/* The work of call k, as long as no fact forbids it; then, if the call asks for it, prepare and vote. */
inline onCall(k) {
    if
    :: f2 || f3 || branch == PREPARED -> call[k] = FAILED
    :: else ->
        if
        :: branch == NONE -> tokens++; branch = WORKING; branchToken = tokens
        :: else
        fi;
        branchCalls++; holds[k] = true;
        if
        :: wrote[k] = true
        :: true
        fi;
        call[k] = EXECUTED; answerToken[k] = branchToken; answerCalls[k] = branchCalls;
        if
        :: true
        :: prepare(); answerVote[k] = result; result = NO_VOTE
        fi
    fi
}
#ifdef M24
#define TOKEN_FITS true
#else
#define TOKEN_FITS (branchToken == token)
#endif
#ifdef M25
#define CALLS_FIT true
#else
#define CALLS_FIT (branchCalls == calls)
#endif
#ifdef M30
#define IS_KNOWN(a) (branchToken == 0 || a)
#else
#define IS_KNOWN(a) (branchToken != 0 && a)
#endif

inline onPrepare() {
    if
    :: f3 -> result = NO
    :: !f3 && branch == NONE -> rollBack(); result = NO
    :: !f3 && branch == WORKING ->
        if
        :: TOKEN_FITS && CALLS_FIT -> prepare()
        :: !(TOKEN_FITS && CALLS_FIT) -> rollBack(); result = NO
        :: rollBack(); result = NO                              /* prepare fails */
        fi
    :: !f3 && branch == PREPARED -> result = (IS_KNOWN((TOKEN_FITS && CALLS_FIT)) -> YES : NO)  /* and stays so */
    fi;
    replied[result] = true; result = NO_VOTE
}

active proctype Participant() {
    byte result;
    do
    :: atomic { call[0] == SENT -> onCall(0) }
    :: atomic { call[1] == SENT -> onCall(1) }
    :: atomic { requested && MUST_ASK && !f2 -> onPrepare() }
    /* COMMIT to W */
    :: atomic { decision == COMMIT && IN_W && !f2 -> assert(branch == PREPARED); commitBranch() }
    /* ABORT */
    :: atomic { decision == ABORT && !f3 -> rollBack() }
    /* a prepared branch looks up: the answer is per transaction and participant */
#ifdef M18
    :: atomic { branch == PREPARED && decision == COMMIT && !isMember -> commitBranch() }
#else
    :: atomic { branch == PREPARED && decision == COMMIT && !isMember -> rollBack() }
#endif
#ifdef M15
    :: atomic { branch == PREPARED && decision == COMMIT && isMember && vote == READ_ONLY -> commitBranch() }
#else
    :: atomic { branch == PREPARED && decision == COMMIT && isMember && vote == READ_ONLY -> rollBack() }
#endif
    /* a restart: unprepared work is lost, a prepared branch is found again without its token and calls */
    :: atomic {
        restarts < 2 && branch != NONE -> restarts++;
        if
        :: branch == WORKING -> leave()
        :: branch == PREPARED -> branchToken = 0; branchCalls = 0
        fi
       }
    od
}
