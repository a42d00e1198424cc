package io.assent.coordinator.cluster;

import io.assent.coordinator.runtime.Group;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The groups of which this node holds a replica. Immutable. */
public final class HostedGroups {

    private final SortedMap<Integer, Group> byNumber = new TreeMap<>();

    /** These groups; their numbers differ. */
    public HostedGroups(List<? extends Group> groups) {
        groups.forEach(group -> byNumber.put(group.number(), group));
    }

    /** The groups, by number. */
    public Collection<Group> all() {
        return Collections.unmodifiableCollection(byNumber.values());
    }

    /** The group with this number, or nothing when this node holds no replica of it. */
    public Optional<Group> group(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /**
     * The horizons as they are written on the wire, one for each incarnation that has forgotten something: every id of
     * that incarnation that sorts at or below it is forgotten.
     */
    public List<String> horizons() {
        return byNumber.values().stream()
                .map(group -> horizon(group.state()))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    private static @Nullable String horizon(GroupState state) {
        LogRecord.Founded founded = state.founded();
        Horizon horizon = state.horizon();
        if (founded == null || horizon.equals(Horizon.NONE)) {
            return null;
        }
        return TransactionId.upperBound(
                new TransactionId.Birth(state.group(), founded.incarnation(), horizon.term(), horizon.sequence()));
    }
}
