package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.api.ProblemType;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** What a node that has lost its data asks of the leaders of its groups. */
@ApiTest
@TestPropertySource(properties = "assent.cluster.hold=100ms")
class MembersTest {

    private static final String PATH = "/v1/cluster/members";

    private final FakeGroup group;
    private final Api api;

    MembersTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @Test
    void tellsTheMembersWhenTheyAreWhatWasAskedFor() {
        group.hasMembers(null, "n1", "n2");

        Api.Reply left = api.post(PATH, "{'group':0,'node':'n1'}").expect(200);
        api.post(PATH, "{'group':0,'node':'n1','replica':'n1~0123456789'}").expect(200);

        assertThat(left.response().body()).isEqualTo("{\"group\":0,\"members\":[\"n1\",\"n2\"],\"obstacle\":null}");
        assertThat(group.settled()).containsExactly("n1 null", "n1 n1~0123456789");
    }

    @Test
    void tellsWhatIsInTheWay() {
        group.hasMembers("n2 has been heard of", "n1", "n2");

        Api.Reply reply = api.post(PATH, "{'group':0,'node':'n1'}").expect(200);

        assertThat(reply.text("/obstacle")).isEqualTo("n2 has been heard of");
        assertThat(reply.text("/members/1")).isEqualTo("n2");
    }

    @Test
    void namesTheFieldThatIsWrong() {
        assertThat(api.post(PATH, "{'group':1,'node':'n1'}")
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("group");
        assertThat(api.post(PATH, "{'node':'n1'}")
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("group");
        assertThat(api.post(PATH, "{'group':0,'node':'n9'}")
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("node");
        api.post(PATH, "").expect(ProblemType.INVALID_REQUEST);

        assertThat(group.settled()).isEmpty();
    }

    @Test
    void onlyALeaderChangesThem() {
        group.hasNoLeader();

        api.post(PATH, "{'group':0,'node':'n1'}").expect(ProblemType.NO_QUORUM);

        assertThat(group.settled()).isEmpty();
    }
}
