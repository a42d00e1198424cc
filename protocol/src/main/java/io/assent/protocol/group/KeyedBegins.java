package io.assent.protocol.group;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.GroupState.KeyedBegin;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Which transaction was begun under which idempotency key (rule D2). One thread writes, any thread reads. */
final class KeyedBegins {

    private final ConcurrentNavigableMap<String, KeyedBegin> begins = new ConcurrentSkipListMap<>();
    private final NavigableMap<TransactionId, String> keyOf = new TreeMap<>();

    /** The transaction that has the key, or null. */
    @Nullable
    KeyedBegin get(String key) {
        return begins.get(key);
    }

    /** All of them; a live view. */
    NavigableMap<String, KeyedBegin> all() {
        return Collections.unmodifiableNavigableMap(begins);
    }

    /** Why the transaction may not have the key; null when it may, or has it. */
    @Nullable
    Fact refusal(String key, KeyedBegin begin, LogRecord.@Nullable Founded founded) {
        KeyedBegin holder = begins.get(key);
        if (holder != null) {
            boolean same = holder.transaction().equals(begin.transaction());
            return same
                    ? null
                    : new Fact.KeyOf(holder.transaction(), holder.digest().equals(begin.digest()));
        }
        int slot = SlotRange.slotOf(key);
        boolean owned = founded != null && founded.slots().stream().anyMatch(range -> range.contains(slot));
        return owned ? null : Known.SLOT_ELSEWHERE;
    }

    void put(String key, KeyedBegin begin) {
        begins.put(key, begin);
        keyOf.put(begin.transaction(), key);
    }

    /** Drops the keys of transactions at or below the horizon. */
    void forget(Horizon horizon) {
        while (!keyOf.isEmpty() && horizon.covers(keyOf.firstKey())) {
            begins.remove(keyOf.pollFirstEntry().getValue());
        }
    }

    void clear() {
        begins.clear();
        keyOf.clear();
    }
}
