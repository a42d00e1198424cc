package io.assent.coordinator.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Member;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class BatchCodecTest {

    private static final String ODD_CHARACTERS = "ab-_.\"\\/\u0000\u0007\n\u007f\u00e9\u20ac\ud83d\ude00";

    private final BatchCodec codec = new BatchCodec();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noMessageIsLongerThanExpected(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Message message = message(random, i);
            int length = codec.encode(List.of(message), List.of(), Long.MIN_VALUE / 2).length;
            assertThat(length).as("seed %d: %s", seed, message).isLessThanOrEqualTo(BatchCodec.lengthOf(message) + 16);
        }
    }

    private static Message message(Random random, int number) {
        String branch = text(random);
        long term = Long.MAX_VALUE;
        List<Member> members = new ArrayList<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            members.add(Member.of(text(random), text(random)));
        }
        Integer calls = Integer.MIN_VALUE;
        return switch (random.nextInt(5)) {
            case 0 -> new Message.Prepare(Mail.id(number), branch, term, members, 10_000, text(random), calls);
            case 1 -> new Message.Commit(Mail.id(number), branch, term, members);
            case 2 -> new Message.CommitOnePhase(Mail.id(number), branch, term, text(random), calls);
            case 3 -> new Message.Inquire(Mail.id(number), branch, term, false, text(random));
            default -> new Message.Abort(Mail.id(number), branch, term);
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append(ODD_CHARACTERS.charAt(random.nextInt(ODD_CHARACTERS.length() - 2)));
        }
        return random.nextBoolean() ? text.append("\ud83d\ude00").toString() : text.toString();
    }

    @Test
    void aPrepareTellsTheTimeThatIsLeftWhenItIsSent() {
        byte[] body = codec.encode(List.of(Mail.prepare(1, 12_500)), List.of("h"), 10_000);
        assertThat(new String(body, UTF_8))
                .contains("\"timeout\":\"PT2.5S\"")
                .contains("\"token\":\"t\",\"calls\":1")
                .endsWith(",\"horizons\":[\"h\"]}")
                .doesNotContain("null");
    }

    @Test
    void aMessageThatNamesTheMostMembersWithTheLongestUrlsFitsARequest() {
        List<Member> members = IntStream.range(0, 221)
                .mapToObj(i -> Member.of("%064d".formatted(i), "u".repeat(1_024)))
                .toList();
        Message message = new Message.Prepare(Mail.id(1), "b".repeat(64), 1, members, 10_000, "t".repeat(128), 1);
        List<String> horizons = Collections.nCopies(10_000, "h".repeat(40));

        assertThat(codec.encode(List.of(message), horizons, 0)).hasSizeLessThan(512 * 1024);
        assertThat(BatchCodec.lengthOf(message) + BatchCodec.FRAME_BYTES).isLessThan(512 * 1024);
    }

    @Test
    void moreHorizonsThanFitAreLeftOut() {
        List<String> many = Collections.nCopies(10_000, "h".repeat(40));
        assertThat(codec.encode(List.of(), many, 0)).hasSizeLessThan(BatchCodec.FRAME_BYTES);
    }

    @Test
    void whatCannotBeReadIsLeftOut() {
        String ack = "{\"transaction\":\"" + Mail.id(1) + "\",\"branch\":\"b\",\"type\":\"ACK\"}";
        String body = "{\"replies\":[null,5,[],{},{\"transaction\":7},{\"branch\":[]}," + ack + "]}";
        assertThat(codec.decode(body.getBytes(UTF_8))).containsExactly(new Reply.Acknowledged(Mail.id(1), "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "[]", "5", "\"text\"", "{\"replies\":5", "{\"replies\":[]} and more"})
    void anAnswerThatIsNoneIsAnError(String body) {
        assertThatThrownBy(() -> codec.decode(body.getBytes(UTF_8))).isInstanceOf(JacksonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"replies\":null}", "{\"replies\":[]}", "{\"later\":{\"a\":1}}"})
    void anAnswerWithoutRepliesIsNoError(String body) {
        assertThat(codec.decode(body.getBytes(UTF_8))).isEmpty();
    }
}
