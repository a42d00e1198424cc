package io.assent.participant;

import org.jspecify.annotations.Nullable;

/** An {@code Assent-Branch} or {@code Assent-Branches} field cannot be understood. */
public final class MalformedBranchFieldException extends IllegalArgumentException {

    MalformedBranchFieldException(String why, @Nullable Throwable cause) {
        super("Not a list of branches: " + why, cause);
    }
}
