package io.assent.benchmarks.micro;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON between coordinator and participant, both directions at both ends, with a mapper set up as theirs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MessageJsonBenchmark {

    private static final long NOW = 1_800_000_000_000L;

    /** Messages in one request; half of them PREPARE, half COMMIT, where there is more than one. */
    @Param({"1", "16"})
    public int messages;

    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();
    private List<Message> sent = List.of();
    private List<Reply> replied = List.of();
    private byte[] request = {};
    private byte[] answer = {};

    @Setup(Level.Trial)
    public void prepare() {
        sent = IntStream.range(0, messages)
                .mapToObj(MessageJsonBenchmark::message)
                .toList();
        replied = sent.stream().map(MessageJsonBenchmark::replyTo).toList();
        request = encodeMessages();
        answer = encodeReplies();
    }

    private static Message message(int number) {
        TransactionId id = Transfers.id(number);
        return number % 2 == 0
                ? new Message.Prepare(id, "bank-a", Transfers.TERM, Transfers.MEMBERS, NOW + 9_800, "k3v9q1c7", 2)
                : new Message.Commit(id, "bank-a", Transfers.TERM, Transfers.MEMBERS);
    }

    private static Reply replyTo(Message message) {
        return message instanceof Message.Prepare
                ? new Reply.Voted(message.transaction(), message.branch(), Vote.YES, null)
                : new Reply.Acknowledged(message.transaction(), message.branch());
    }

    @Benchmark
    public byte[] encodeMessages() {
        List<MessageForm> forms =
                sent.stream().map(message -> MessageForm.of(message, NOW)).toList();
        return json.writeValueAsBytes(new MessageBatch(forms, null));
    }

    @Benchmark
    public List<Message> decodeMessages() {
        return present(json.readValue(request, MessageBatch.class).messages())
                .map(form -> form.toMessage(NOW))
                .flatMap(Optional::stream)
                .toList();
    }

    @Benchmark
    public byte[] encodeReplies() {
        return json.writeValueAsBytes(
                new ReplyBatch(replied.stream().map(ReplyForm::of).toList()));
    }

    @Benchmark
    public List<Reply> decodeReplies() {
        return present(json.readValue(answer, ReplyBatch.class).replies())
                .map(ReplyForm::toReply)
                .flatMap(Optional::stream)
                .toList();
    }

    private static <T> Stream<T> present(@Nullable List<T> list) {
        return Objects.requireNonNull(list).stream();
    }
}
