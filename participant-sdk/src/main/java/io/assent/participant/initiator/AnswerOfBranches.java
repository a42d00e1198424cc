package io.assent.participant.initiator;

import io.assent.participant.BranchField;
import io.assent.participant.BranchMember;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.TransactionContext;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Vote;
import io.assent.protocol.api.Headers;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to a request of a transaction: sets {@code Assent-Branch} at the last moment before its first byte can
 * leave, when all work of the request is done. If work comes later all the same, the transaction is aborted. Safe for use
 * by several threads, because the body may be written by another one than that which serves the request.
 */
final class AnswerOfBranches extends HttpServletResponseWrapper {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerOfBranches.class);

    private final TransactionContext context;
    private final CoordinatorClient coordinators;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable String told;
    private boolean abortAsked;

    AnswerOfBranches(HttpServletResponse response, TransactionContext context, CoordinatorClient coordinators) {
        super(response);
        this.context = context;
        this.coordinators = coordinators;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        tell();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        tell();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        tell();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status, @Nullable String message) throws IOException {
        tell();
        super.sendError(status, message);
    }

    @Override
    public void sendError(int status) throws IOException {
        tell();
        super.sendError(status);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        tell();
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public void reset() {
        lock.lock();
        try {
            super.reset();
            told = null;
        } finally {
            lock.unlock();
        }
    }

    /** The request is done: sets the field if that was not possible before, or sees that it is still true. */
    void complete() {
        tell();
    }

    private void tell() {
        lock.lock();
        try {
            tellWhatIsNew();
        } finally {
            lock.unlock();
        }
    }

    private void tellWhatIsNew() {
        context.prepareAnswer();
        String value = value();
        if (value.equals(told)) {
            return;
        }
        if (isCommitted()) {
            abort("its answer was under way before all its work was done");
            return;
        }
        if (context.isRollbackOnly() && value.isEmpty()) {
            abort(context.rollbackOnlyReason().map(AbortReason::message).orElse(null));
        }
        if (!value.isEmpty()) {
            setHeader(Headers.BRANCH, value);
        }
        told = value;
    }

    private String value() {
        String value = BranchField.write(context.answerMembers());
        if (value.length() <= BranchField.BRANCH_LIMIT) {
            return value;
        }
        context.setRollbackOnly("Too many branches were called: their list is over 6 KiB");
        if (!isCommitted()) {
            setStatus(SC_INTERNAL_SERVER_ERROR);
        }
        List<BranchMember> own = context.ownMembers();
        return own.isEmpty() ? "" : BranchField.write(List.of(own.getFirst().withVote(Vote.NO)));
    }

    /** Asks for abort where the answer cannot tell the initiator that the transaction must not commit. */
    private void abort(@Nullable String why) {
        if (abortAsked) {
            return;
        }
        abortAsked = true;
        context.idIfBegun().ifPresent(transaction -> {
            try {
                coordinators.abort(transaction, why, context.deadline());
            } catch (RuntimeException e) {
                LOG.warn("A transaction that must not commit could not be aborted: transaction={}", transaction, e);
            }
        });
    }
}
