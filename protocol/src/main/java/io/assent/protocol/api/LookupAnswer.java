package io.assent.protocol.api;

import java.util.List;

/**
 * Answer of {@code POST /v1/outcomes/lookup}.
 *
 * @param outcomes one for each branch, in the order asked
 * @param horizons upper bounds of forgotten ids, 40 characters each, one for each incarnation that the node speaks for
 */
public record LookupAnswer(List<Item> outcomes, List<String> horizons) {

    /**
     * What one branch has come to. COMMITTED holds for this branch only: it voted YES and is a member of the decision.
     *
     * @param transaction the transaction id as it was asked
     * @param branch the participant id as it was asked
     * @param outcome COMMITTED, ABORTED, PENDING or EXPIRED
     */
    public record Item(String transaction, String branch, String outcome) {}
}
