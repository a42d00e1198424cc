package io.assent.participant;

/** The service must not start with these settings, or with this database. */
public final class StartupRefusedException extends RuntimeException {

    private final String action;

    /**
     * A refusal.
     *
     * @param description what is wrong, a sentence
     * @param action what to do about it, a sentence
     */
    public StartupRefusedException(String description, String action) {
        super(description);
        this.action = action;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
