package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The demonstration holds a bank to its words, so it must not hear more than was said. */
class TrafficTest {

    private static Traffic.Told toldBy(Traffic.Answer answer) {
        return answer.read().told();
    }

    @Test
    void onlyANamedOutcomeIsBelieved() {
        assertThat(toldBy(new Traffic.Answer("t", "COMMITTED"))).isEqualTo(Traffic.Told.COMMITTED);
        assertThat(toldBy(new Traffic.Answer("t", "ABORTED"))).isEqualTo(Traffic.Told.ABORTED);
    }

    @Test
    void anAnswerWithoutAnOutcomeTellsNothing() {
        assertThat(toldBy(new Traffic.Answer("t", null))).isEqualTo(Traffic.Told.NOTHING);
        assertThat(toldBy(new Traffic.Answer(null, null))).isEqualTo(Traffic.Told.NOTHING);
    }
}
