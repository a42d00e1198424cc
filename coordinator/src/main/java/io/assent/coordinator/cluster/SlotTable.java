package io.assent.coordinator.cluster;

import io.assent.protocol.group.SlotRange;
import java.util.ArrayList;
import java.util.List;

/** Which group owns which hash slots, and so begins the transactions of which idempotency keys (rule D2). Immutable. */
public final class SlotTable {

    private final long version;
    private final List<Entry> entries;

    /**
     * A range of slots and its owner.
     *
     * @param range the slots
     * @param group the group that owns them
     */
    public record Entry(SlotRange range, int group) {}

    private SlotTable(long version, List<Entry> entries) {
        this.version = version;
        this.entries = List.copyOf(entries);
    }

    /**
     * The first table: slots dealt evenly, in ranges.
     *
     * @param groups number of groups, 1 to {@link SlotRange#SLOTS}
     */
    public static SlotTable dealtTo(int groups) {
        List<Entry> entries = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            int from = group * SlotRange.SLOTS / groups;
            int to = (group + 1) * SlotRange.SLOTS / groups - 1;
            entries.add(new Entry(new SlotRange(from, to), group));
        }
        return new SlotTable(1, entries);
    }

    /** Grows with every change. */
    public long version() {
        return version;
    }

    /** The ranges in ascending order; they cover every slot once. */
    public List<Entry> entries() {
        return entries;
    }

    /** The group that begins the transaction of this key. */
    public int groupOf(String key) {
        int slot = SlotRange.slotOf(key);
        return entries.stream()
                .filter(entry -> entry.range().contains(slot))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The slot table has no owner of slot " + slot))
                .group();
    }

    /** The slots that a group owns. */
    public List<SlotRange> slotsOf(int group) {
        return entries.stream()
                .filter(entry -> entry.group() == group)
                .map(Entry::range)
                .toList();
    }
}
