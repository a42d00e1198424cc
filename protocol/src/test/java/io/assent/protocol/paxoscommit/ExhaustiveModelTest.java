package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.PaxosScript.ballot;
import static io.assent.protocol.paxoscommit.PaxosScript.registered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No two outcomes can be told in any reachable state; without a rule they can. */
class ExhaustiveModelTest {

    private static final List<Ballot> TWO_RECOVERIES = List.of(ballot(3), ballot(4));

    private static final List<Ballot> THREE_RECOVERIES = List.of(ballot(3), ballot(4), ballot(8));

    @Test
    void twoParticipantsAndTwoRecoveriesAgree() {
        agree("2 participants, 2 recoveries", registered("bank-a", "bank-b"), TWO_RECOVERIES);
    }

    @Test
    void oneParticipantAndThreeRecoveriesAgree() {
        agree("1 participant, 3 recoveries", registered("bank-a"), THREE_RECOVERIES);
    }

    private static void agree(String what, RegistrarValue.Registered registered, List<Ballot> ballots) {
        ExhaustiveModel.Result result = new ExhaustiveModel(new Rules(), registered, ballots).run(0);
        System.out.println(what + ": " + result);
        assertThat(result.committed()).isPositive();
        assertThat(result.aborted()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"M11", "M12", "M13", "M48", "M49", "M50", "M51", "M53"})
    void withoutARuleTheyDoNot(Mutant mutant) {
        ExhaustiveModel model = new ExhaustiveModel(mutant.rules(), registered("bank-a"), TWO_RECOVERIES);
        assertThatThrownBy(() -> model.run(1))
                .as("%s: %s", mutant, mutant.drops())
                .isInstanceOfAny(ExhaustiveModel.Disagreement.class, IllegalStateException.class);
    }
}
