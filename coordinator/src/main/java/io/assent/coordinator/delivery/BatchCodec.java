package io.assent.coordinator.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.Member;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of requests to participants and of their answers. */
final class BatchCodec {

    /** What the frame of a request and its horizons need at most, in bytes. */
    static final int FRAME_BYTES = 16 * 1024;

    private static final int MAX_HORIZONS = 256;

    /** Field names, punctuation, the id, enumerations and numbers of a message; more than any message needs. */
    private static final int MESSAGE_BYTES = 384;

    /** Field names and punctuation of a member. */
    private static final int MEMBER_BYTES = 40;

    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /**
     * The body of a request.
     *
     * @param horizons may be empty; more than fit are left out
     * @param now milliseconds of the clock that gave the deadlines
     */
    byte[] encode(List<Message> messages, List<String> horizons, long now) {
        List<MessageForm> forms =
                messages.stream().map(message -> MessageForm.of(message, now)).toList();
        List<String> some = horizons.stream().limit(MAX_HORIZONS).toList();
        return json.writeValueAsBytes(new MessageBatch(forms, some.isEmpty() ? null : some));
    }

    /**
     * The replies of an answer. A reply that cannot be read, or is of an unknown type, is left out (rule P5).
     *
     * @throws JacksonException when the whole cannot be read
     */
    List<Reply> decode(byte[] body) {
        List<ReplyForm> forms;
        try {
            forms = json.readValue(body, ReplyBatch.class).replies();
        } catch (JacksonException e) {
            forms = readOneByOne(body);
        }
        return forms == null
                ? List.of()
                : forms.stream()
                        .filter(Objects::nonNull)
                        .map(ReplyForm::toReply)
                        .flatMap(Optional::stream)
                        .toList();
    }

    /** A reply of a newer version may have fields of another shape; it must not take the others with it. */
    private List<ReplyForm> readOneByOne(byte[] body) {
        JsonNode replies = json.readTree(body).required("replies");
        return replies.valueStream()
                .map(this::readOne)
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<ReplyForm> readOne(JsonNode reply) {
        try {
            return Optional.ofNullable(json.treeToValue(reply, ReplyForm.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** An upper bound of the length of a message in JSON, in bytes. */
    static int lengthOf(Message message) {
        return switch (message) {
            case Message.Prepare m -> lengthOf(m.branch(), m.token(), m.members());
            case Message.PreCommit m -> lengthOf(m.branch(), null, m.members());
            case Message.Commit m -> lengthOf(m.branch(), null, m.members());
            case Message.CommitOnePhase m -> lengthOf(m.branch(), m.token(), List.of());
            case Message.Abort m -> lengthOf(m.branch(), null, List.of());
            case Message.Inquire m -> lengthOf(m.branch(), m.from(), List.of());
        };
    }

    private static int lengthOf(String branch, @Nullable String extra, List<Member> members) {
        int length = MESSAGE_BYTES + lengthOf(branch) + lengthOf(extra);
        for (Member member : members) {
            length += MEMBER_BYTES + lengthOf(member.participant()) + lengthOf(member.endpoint());
        }
        return length;
    }

    private static int lengthOf(@Nullable String text) {
        int length = 0;
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                length += 6;
            } else if (c < 0x80) {
                length += c == '"' || c == '\\' ? 2 : 1;
            } else {
                length += 3;
            }
        }
        return length;
    }
}
