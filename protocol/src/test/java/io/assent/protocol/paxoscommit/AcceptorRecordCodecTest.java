package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.BranchValue.ABORTED;
import static io.assent.protocol.paxoscommit.BranchValue.PREPARED;
import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.J;
import static io.assent.protocol.paxoscommit.PaxosScript.T;
import static io.assent.protocol.paxoscommit.PaxosScript.acceptor;
import static io.assent.protocol.paxoscommit.PaxosScript.ballot;
import static io.assent.protocol.paxoscommit.PaxosScript.phase1a;
import static io.assent.protocol.paxoscommit.PaxosScript.phase2a;
import static io.assent.protocol.paxoscommit.PaxosScript.proposal;
import static io.assent.protocol.paxoscommit.PaxosScript.seal;
import static io.assent.protocol.paxoscommit.PaxosScript.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Births;
import io.assent.protocol.group.Horizon;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcceptorRecordCodecTest {

    private static final List<AcceptorRecord> EVERY_KIND = List.of(
            new AcceptorRecord.Promised(T, ballot(4)),
            new AcceptorRecord.Voted(T, J, List.of("bank-a")),
            new AcceptorRecord.Voted(T, null, List.of("bank-a", "bank-b")),
            new AcceptorRecord.Accepted(T, ballot(7), proposal(PREPARED, ABORTED)),
            new AcceptorRecord.Accepted(T, ballot(8), Proposal.ABORT),
            new AcceptorRecord.MarkedLearned(T),
            acceptor(A, votes("bank-a")).kept(T),
            acceptor(A, votes("bank-a"), phase2a(3, Proposal.ABORT), phase1a(9), new AcceptorRequest.Learned(T))
                    .kept(T),
            acceptor(A, phase1a(9)).kept(T),
            new AcceptorRecord.SealSet(seal(3)),
            new AcceptorRecord.HorizonPassed(Births.INCARNATION, new Horizon(5, 10)),
            new AcceptorRecord.RoundsUsed(99));

    @Test
    void readsWhatItWrote() {
        assertThat(AcceptorRecordCodec.decode(AcceptorRecordCodec.encode(EVERY_KIND)))
                .isEqualTo(EVERY_KIND);
        assertThat(AcceptorRecordCodec.decode(AcceptorRecordCodec.encode(List.of())))
                .isEmpty();
    }

    @Test
    void readsASealThatNamesNoLeadersTerm() {
        String incarnation = HexFormat.of().toHexDigits(Births.INCARNATION);
        byte[] kindSix = HexFormat.of()
                .parseHex("01" + "00000001" + "06" + incarnation + "0000000000000001" + "0000000000000005"
                        + "000000000000000a" + "0000000000000003");
        assertThat(AcceptorRecordCodec.decode(kindSix))
                .containsExactly(new AcceptorRecord.SealSet(PaxosScript.seal(0, 3)));
    }

    /** The format of stored records: when this fails, records of the version before cannot be read. */
    @Test
    void theFormatDoesNotChange() {
        assertThat(HexFormat.of()
                        .formatHex(AcceptorRecordCodec.encode(List.of(
                                new AcceptorRecord.Promised(T, ballot(4)),
                                new AcceptorRecord.Voted(T, PaxosScript.registered("p"), List.of("p")),
                                new AcceptorRecord.RoundsUsed(9)))))
                .isEqualTo(GOLDEN.replace("<id>", HexFormat.of().formatHex(T.toByteArray())));
    }

    private static final String GOLDEN = "01" + "00000003" + "01<id>0000000000000004"
            + "02<id>01" + "00000001" + "000170" + "0008687474703a2f2f70" + "00000001" + "000170"
            + "080000000000000009";

    @Test
    void saysWhatItCannotRead() {
        byte[] bytes = AcceptorRecordCodec.encode(EVERY_KIND);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> AcceptorRecordCodec.decode(cut)).isInstanceOf(UncheckedIOException.class);
        }
        assertThatThrownBy(() -> AcceptorRecordCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessageContaining("more bytes than records");
        assertThatThrownBy(() -> AcceptorRecordCodec.decode(new byte[] {2, 0, 0, 0, 0}))
                .hasMessageContaining("run a newer version");
        assertThatThrownBy(() -> AcceptorRecordCodec.decode(new byte[] {1, 0, 0, 0, 1, 99}))
                .hasMessageContaining("kind 99");
    }
}
