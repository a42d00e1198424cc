package io.assent.participant.branch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/** A bank and its coordinator, which all tests of a class share; the database goes with them. */
final class RunningBank implements BeforeAllCallback, AfterAllCallback {

    private final long incarnation;
    private final Class<?> application;
    private final String[] settings;

    private @Nullable Path folder;
    private @Nullable FakeCoordinator coordinator;
    private @Nullable Bank bank;

    /** The application of most tests, with these further settings. */
    RunningBank(long incarnation, String... settings) {
        this(incarnation, BankApplication.class, settings);
    }

    /**
     * Another application.
     *
     * @param incarnation of the coordinator's group, another one in each class
     */
    RunningBank(long incarnation, Class<?> application, String... settings) {
        this.incarnation = incarnation;
        this.application = application;
        this.settings = settings;
    }

    @Override
    public void beforeAll(ExtensionContext tests) throws IOException {
        folder = Files.createTempDirectory("bank");
        coordinator = new FakeCoordinator(incarnation);
        bank = Bank.start(coordinator, folder, application, settings);
    }

    @Override
    public void afterAll(ExtensionContext tests) throws IOException {
        if (bank != null) {
            bank.close();
        }
        if (coordinator != null) {
            coordinator.close();
        }
        FileSystemUtils.deleteRecursively(folder);
    }

    FakeCoordinator coordinator() {
        return Objects.requireNonNull(coordinator);
    }

    Bank bank() {
        return Objects.requireNonNull(bank);
    }

    /** Where the database is. */
    Path folder() {
        return Objects.requireNonNull(folder);
    }
}
