package io.assent.bank.crash;

import io.assent.participant.branch.ParticipantMessages;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Messages that pass a crash point when they are received and when their replies are ready. What was answered is noted
 * for {@link CrashingAnswers}, which sees the replies leave.
 */
final class CrashingMessages implements ParticipantMessages {

    private final ParticipantMessages messages;
    private final CrashPoints points;

    CrashingMessages(ParticipantMessages messages, CrashPoints points) {
        this.messages = messages;
        this.points = points;
    }

    @Override
    public ReplyBatch answer(MessageBatch batch) {
        List<MessageForm> received = Objects.requireNonNullElse(batch.messages(), List.of());
        received.forEach(message -> points.pass("received-" + nameOf(message)));
        ReplyBatch answer = messages.answer(batch);
        List<String> answered = new ArrayList<>();
        for (ReplyForm reply : Objects.requireNonNullElse(answer.replies(), List.<ReplyForm>of())) {
            received.stream()
                    .filter(message -> Objects.equals(message.transaction(), reply.transaction()))
                    .map(CrashingMessages::nameOf)
                    .forEach(answered::add);
        }
        answered.forEach(name -> points.pass("answering-" + name));
        RequestContextHolder.currentRequestAttributes()
                .setAttribute(CrashingAnswers.ANSWERED, answered, RequestAttributes.SCOPE_REQUEST);
        return answer;
    }

    private static String nameOf(MessageForm message) {
        return Objects.requireNonNullElse(message.type(), "nothing")
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
    }
}
