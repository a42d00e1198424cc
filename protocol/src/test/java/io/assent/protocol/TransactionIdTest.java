package io.assent.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.assent.protocol.TransactionId.Birth;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The id of section 0. */
class TransactionIdTest {

    private static final long MAX_INT = 0xffff_ffffL;
    private static final Birth BIRTH = new Birth(0xabcd, 0x8123_4567_89ab_cdefL, 0xfedc_ba98L, 0x8765_4321L);

    private static TransactionId issue(Birth birth, int random) {
        return TransactionId.issue(birth, Protocol.TWO_PHASE, random, Births.KEY);
    }

    @Test
    void bytesAreGroupIncarnationTermSequenceTagAndCode_bigEndian() {
        byte[] bytes = TransactionId.issue(BIRTH, Protocol.PAXOS_COMMIT, 0x12_3456, Births.KEY)
                .toByteArray();
        ByteBuffer expected = ByteBuffer.allocate(21);
        expected.putShort((short) 0xabcd).putLong(0x8123_4567_89ab_cdefL);
        expected.putInt(0xfedc_ba98).putInt(0x8765_4321);
        expected.put(new byte[] {(byte) 0x92, 0x34, 0x56});
        assertThat(bytes).hasSize(25).startsWith(expected.array());
    }

    @Test
    void partsAreReadAsUnsignedNumbers() {
        TransactionId id = TransactionId.parse(issue(BIRTH, -1).toString());
        assertThat(id.group()).isEqualTo(0xabcd);
        assertThat(id.incarnation()).isEqualTo(0x8123_4567_89ab_cdefL);
        assertThat(id.birthTerm()).isEqualTo(0xfedc_ba98L);
        assertThat(id.sequence()).isEqualTo(0x8765_4321L);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void protocolIsPartOfTheId(Protocol protocol) {
        TransactionId id = TransactionId.issue(BIRTH, protocol, 7, Births.KEY);
        assertThat(TransactionId.parse(id.toString()).protocol()).isEqualTo(protocol);
    }

    @Test
    void textIsBase32hexOfTheBytesInLowerCase() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            TransactionId id = issue(randomBirth(random), random.nextInt());
            String expected = new BigInteger(1, id.toByteArray()).toString(32);
            assertThat(id.toString()).hasSize(40).isEqualTo("0".repeat(40 - expected.length()) + expected);
        }
    }

    @Test
    void whatIsWrittenIsReadAsTheSameId() {
        Random random = new Random(2);
        for (int i = 0; i < 1_000; i++) {
            TransactionId id = issue(randomBirth(random), random.nextInt());
            assertThat(TransactionId.parse(id.toString())).isEqualTo(id).hasSameHashCodeAs(id);
            assertThat(TransactionId.ofBytes(id.toByteArray())).isEqualTo(id).isEqualByComparingTo(id);
        }
    }

    @Test
    void idsOfAnIncarnationSortByBirthAsTextAndAsIds() {
        long[] numbers = {0, 1, 2, 31, 32, 1023, 1024, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, MAX_INT};
        List<TransactionId> byBirth = Arrays.stream(numbers)
                .boxed()
                .flatMap(term -> Arrays.stream(numbers)
                        .mapToObj(sequence -> issue(new Birth(3, -5, term, sequence), sequence % 2 == 0 ? -1 : 0)))
                .toList();
        assertThat(byBirth).isSorted();
        assertThat(byBirth.stream().map(TransactionId::toString).toList()).isSorted();
    }

    @Test
    void idsSortAlikeAsIdsAsBytesAndAsText() {
        Random random = new Random(3);
        List<TransactionId> ids = Stream.generate(() -> issue(randomBirth(random), random.nextInt()))
                .limit(2_000)
                .sorted()
                .toList();
        assertThat(ids.stream().map(TransactionId::toString).toList()).isSorted();
        assertThat(ids.stream().map(TransactionId::toByteArray).toList())
                .isSortedAccordingTo(Comparator.comparing((byte[] b) -> b, Arrays::compareUnsigned));
    }

    @Test
    void twoIdsOfOneBirthDifferByTheirRandomBits() {
        assertThat(issue(BIRTH, 1)).isNotEqualTo(issue(BIRTH, 2));
    }

    @Test
    void onlyTwentyTwoRandomBitsAreUsed() {
        assertThat(issue(BIRTH, -1)).isEqualTo(issue(BIRTH, 0x3f_ffff));
    }

    @Test
    void codeIsTheTruncatedHmacOverAllThatComesBefore() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Births.KEY.toByteArray(), "HmacSHA256"));
        byte[] bytes = issue(BIRTH, 99).toByteArray();
        byte[] code = mac.doFinal(Arrays.copyOf(bytes, 21));
        assertThat(Arrays.copyOfRange(bytes, 21, 25)).isEqualTo(Arrays.copyOf(code, 4));
    }

    @Test
    void everyChangedBitMakesAnIdFalse() {
        TransactionId genuine = Births.born(7, 8);
        assertThat(genuine.isGenuine(Births.KEY)).isTrue();
        for (int bit = 0; bit < 200; bit++) {
            byte[] forged = genuine.toByteArray();
            forged[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            if ((forged[18] & 0xc0) != 0xc0) {
                assertThat(TransactionId.ofBytes(forged).isGenuine(Births.KEY))
                        .as("bit %d", bit)
                        .isFalse();
            }
        }
    }

    @Test
    void anIdOfAnotherKeyIsFalse() {
        assertThat(Births.born(7, 8).isGenuine(new IncarnationKey(new byte[32])))
                .isFalse();
    }

    @Test
    void upperBoundIsAtOrAboveEveryIdBornThereOrBeforeAndBelowEveryLaterOne() {
        String bound = TransactionId.upperBound(new Birth(3, -5, 9, 100));
        for (Protocol protocol : Protocol.values()) {
            for (int random : new int[] {0, 1, 0x2a_aaaa, 0x3f_ffff}) {
                assertThat(text(protocol, random, 9, 100)).isLessThanOrEqualTo(bound);
                assertThat(text(protocol, random, 9, 99)).isLessThan(bound);
                assertThat(text(protocol, random, 8, MAX_INT)).isLessThan(bound);
                assertThat(text(protocol, random, 9, 101)).isGreaterThan(bound);
                assertThat(text(protocol, random, 10, 0)).isGreaterThan(bound);
            }
        }
    }

    private static String text(Protocol protocol, int random, long term, long sequence) {
        return TransactionId.issue(new Birth(3, -5, term, sequence), protocol, random, Births.KEY)
                .toString();
    }

    @Test
    void upperBoundSharesTheFirstSixteenCharactersWithTheIdsOfItsIncarnation() {
        TransactionId id = Births.born(1, 2);
        Birth birth = new Birth(Births.GROUP, Births.INCARNATION, 77, 5);
        assertThat(TransactionId.upperBound(birth)).hasSize(40).startsWith(id.incarnationText());
        assertThat(id.incarnationText()).hasSize(16);
        assertThat(Births.bornElsewhere(1, 2).incarnationText()).isNotEqualTo(id.incarnationText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000000000000000000000000000000000000000",
                "00000000000000000000000000000000000000000",
                "000000000000000000000000000000000000000w",
                "000000000000000000000000000000000000000A",
                "00000000000000000000 0000000000000000000",
                "000000000000000000000000000000000000000\u0661",
                "-000000000000000000000000000000000000000"
            })
    void whatIsNoIdIsMalformed(String text) {
        assertThatExceptionOfType(MalformedTransactionIdException.class).isThrownBy(() -> TransactionId.parse(text));
    }

    @Test
    void anIdOfAnUnknownProtocolIsMalformed() {
        byte[] bytes = Births.born(1, 1).toByteArray();
        bytes[18] |= (byte) 0xc0;
        assertThatExceptionOfType(MalformedTransactionIdException.class).isThrownBy(() -> TransactionId.ofBytes(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 24, 26})
    void anotherNumberOfBytesIsMalformed(int length) {
        assertThatExceptionOfType(MalformedTransactionIdException.class)
                .isThrownBy(() -> TransactionId.ofBytes(new byte[length]));
    }

    @Test
    void whatDoesNotFitAnIdIsNoBirth() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Birth(0x1_0000, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Birth(-1, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Birth(1, 1, MAX_INT + 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Birth(1, 1, 1, MAX_INT + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Birth(1, 1, 1, -1));
    }

    @Test
    void theKeyIsNeverShown() {
        String secret = new String(Births.KEY.toByteArray(), StandardCharsets.US_ASCII);
        assertThat(Births.KEY.toString()).doesNotContain(secret).doesNotContain(secret.substring(0, 8));
    }

    @Test
    void theKeyDoesNotShareItsBytes() {
        byte[] bytes = new byte[32];
        IncarnationKey key = new IncarnationKey(bytes);
        TransactionId id = TransactionId.issue(BIRTH, Protocol.TWO_PHASE, 0, key);
        bytes[0] = 1;
        key.toByteArray()[1] = 1;
        assertThat(id.isGenuine(key)).isTrue();
        assertThat(key).isEqualTo(new IncarnationKey(new byte[32]));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void aKeyHasThirtyTwoBytes(int length) {
        assertThatIllegalArgumentException().isThrownBy(() -> new IncarnationKey(new byte[length]));
    }

    private static Birth randomBirth(Random random) {
        return new Birth(
                random.nextInt(0x1_0000), random.nextLong(), random.nextInt() & MAX_INT, random.nextInt() & MAX_INT);
    }
}
