package io.assent.coordinator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.group.SlotRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 1024})
    void dealsEverySlotOnceAndEvenly(int groups) {
        SlotTable table = SlotTable.dealtTo(groups);

        int next = 0;
        for (SlotTable.Entry entry : table.entries()) {
            assertThat(entry.range().from()).isEqualTo(next);
            int size = entry.range().to() - entry.range().from() + 1;
            assertThat(size).isBetween(SlotRange.SLOTS / groups, SlotRange.SLOTS / groups + 1);
            next = entry.range().to() + 1;
        }
        assertThat(next).isEqualTo(SlotRange.SLOTS);
        assertThat(table.entries()).hasSize(groups);
    }

    @Test
    void d2AKeyBelongsToTheOwnerOfItsSlot() {
        SlotTable table = SlotTable.dealtTo(3);

        for (int i = 0; i < 1_000; i++) {
            String key = "key-" + i;
            int owner = table.groupOf(key);
            assertThat(table.slotsOf(owner)).anyMatch(range -> range.contains(SlotRange.slotOf(key)));
        }
    }
}
