package io.assent.coordinator.membership;

import io.assent.coordinator.runtime.Log;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of the answer to {@code POST /v1/cluster/members}.
 *
 * @param group its number
 * @param members ids of its replicas
 * @param obstacle what is in the way, as part of a sentence: asked again, the leader goes on; null when it is done
 */
record MembersForm(
        @Nullable Integer group,
        @Nullable List<String> members,
        @Nullable String obstacle) {

    static MembersForm of(int group, Log.Members members) {
        return new MembersForm(group, List.copyOf(members.replicas()), members.obstacle());
    }
}
