package io.assent.participant.branch;

import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.Notice;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts notices, and logs as errors those that somebody has to look at. */
public final class NoticeBoard implements Notices {

    private static final Logger LOG = LoggerFactory.getLogger(NoticeBoard.class);

    private final String participant;
    private final Map<Notice, LongAdder> counts = new EnumMap<>(Notice.class);

    /** The notices of one participant. */
    public NoticeBoard(String participant) {
        this.participant = participant;
        for (Notice notice : Notice.values()) {
            counts.put(notice, new LongAdder());
        }
    }

    @Override
    public void noticed(TransactionId transaction, Notice notice) {
        adder(notice).increment();
        if (notice.isAlert()) {
            LOG.error(
                    "An operator must look at this branch: notice={} transaction={} participant={}",
                    notice,
                    transaction,
                    participant);
        } else {
            LOG.debug("notice={} transaction={} participant={}", notice, transaction, participant);
        }
    }

    /** How often this was noticed since start. */
    long count(Notice notice) {
        return adder(notice).sum();
    }

    private LongAdder adder(Notice notice) {
        LongAdder adder = counts.get(notice);
        if (adder == null) {
            throw new IllegalStateException("Every notice has a counter");
        }
        return adder;
    }
}
