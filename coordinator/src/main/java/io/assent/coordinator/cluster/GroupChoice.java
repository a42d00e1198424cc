package io.assent.coordinator.cluster;

import io.assent.coordinator.runtime.Group;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;

/** Chooses the home group of a new transaction; it never changes afterwards (rule D1). */
@Component
public final class GroupChoice {

    private final ClusterLayout layout;
    private final HostedGroups groups;
    private final SlotTable slots;

    GroupChoice(ClusterLayout layout, HostedGroups groups, SlotTable slots) {
        this.layout = layout;
        this.groups = groups;
        this.slots = slots;
    }

    /** For a begin with an idempotency key: the owner of the key's slot (rule D2). */
    public int forKey(String key) {
        return slots.groupOf(key);
    }

    /**
     * For a begin without one: the group led here that has the least to do, so that it needs no hop; else one whose
     * leader is known; else any.
     */
    public int withoutKey() {
        List<Group> hosted = List.copyOf(groups.all());
        return hosted.stream()
                .filter(group -> group.leadership().ready())
                .min(Comparator.comparingInt(Group::openTransactions))
                .or(() -> hosted.stream()
                        .filter(group -> group.leadership().leader() != null)
                        .findFirst())
                .map(Group::number)
                .orElseGet(() ->
                        ThreadLocalRandom.current().nextInt(layout.groups().size()));
    }
}
