package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import org.junit.jupiter.api.Test;

/** A node whose acceptors have no storage yet. */
@ApiTest
class ClosedAcceptorTest {

    private final FakeGroup group;
    private final Api api;

    ClosedAcceptorTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @Test
    void asksToComeBackUntilTheStorageIsOpen() {
        TransactionId id = group.issuePaxos();
        String to = "'acceptor':'n1','incarnation':'00000000000000ab'";

        api.post(
                        "/v1/acceptor/votes",
                        "{" + to + ",'votes':[{'transaction':'" + id
                                + "','branch':'a','participants':[{'participant':'a','endpoint':'http://a'}]}]}")
                .expect(ProblemType.NOT_READY);
        api.post("/v1/acceptor/promises", "{" + to + ",'group':0,'requests':[{'transaction':'" + id + "','ballot':3}]}")
                .expect(ProblemType.NOT_READY);
        assertThat(api.get("/v1/acceptor")
                        .expect(200)
                        .body()
                        .at("/groups/0/incarnation")
                        .isNull())
                .isTrue();
    }
}
