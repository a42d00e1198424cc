package io.assent.participant.xa;

import io.assent.protocol.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import javax.transaction.xa.Xid;

/**
 * The X/Open name of a branch: the transaction's 25 bytes and the participant id.
 *
 * @param transaction the transaction
 * @param participant the participant id
 */
record BranchXid(TransactionId transaction, String participant) implements Xid {

    /** "ASST": whatever else the database lists as prepared is not ours. */
    static final int FORMAT_ID = 0x41535354;

    /** The transaction of this name, if it is the name of a branch of the participant. */
    static Optional<TransactionId> transactionOf(Xid xid, String participant) {
        boolean ours = xid.getFormatId() == FORMAT_ID
                && Arrays.equals(xid.getBranchQualifier(), participant.getBytes(StandardCharsets.US_ASCII))
                && xid.getGlobalTransactionId().length == TransactionId.LENGTH;
        return ours ? Optional.of(TransactionId.ofBytes(xid.getGlobalTransactionId())) : Optional.empty();
    }

    @Override
    public int getFormatId() {
        return FORMAT_ID;
    }

    @Override
    public byte[] getGlobalTransactionId() {
        return transaction.toByteArray();
    }

    @Override
    public byte[] getBranchQualifier() {
        return participant.getBytes(StandardCharsets.US_ASCII);
    }
}
