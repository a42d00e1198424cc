package io.assent.participant.web;

import io.assent.participant.LocalBranches.Scope;
import io.assent.participant.TransactionContext;
import io.assent.participant.branch.Units;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets the thread that serves a request of a transaction work in its branch, in methods annotated with {@code @Branch}.
 * Stands just inside the filter that reads the propagation headers.
 */
public final class BranchFilter extends OncePerRequestFilter {

    private final Units units;

    /** A filter. */
    public BranchFilter(Units units) {
        this.units = units;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        TransactionContext context = TransactionContext.current();
        if (context == null) {
            chain.doFilter(request, response);
            return;
        }
        Scope entered = units.enterRequest(context, response::isCommitted);
        try {
            chain.doFilter(request, response);
        } finally {
            entered.close();
        }
    }
}
