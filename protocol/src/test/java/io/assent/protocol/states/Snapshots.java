package io.assent.protocol.states;

import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.GroupStateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A replicated state as a value: equal states have equal texts. */
final class Snapshots {

    private Snapshots() {}

    static String of(GroupState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            GroupStateCodec.write(state, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    static GroupState read(String snapshot) {
        byte[] bytes = snapshot.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return GroupStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GroupState copy(GroupState state) {
        return read(of(state));
    }
}
