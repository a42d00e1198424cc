package io.assent.participant.branch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.boot.jpa.test.autoconfigure.TestEntityManager;
import org.springframework.test.context.ContextConfiguration;

/** A service's tests of its repositories stay as they are: they need neither coordinators nor a network. */
@DataJpaTest(
        properties = {
            "assent.participant.id=bank-a",
            "assent.coordinators=http://coordinator.invalid:8080",
            "spring.main.banner-mode=off",
            "logging.level.root=warn"
        })
@ContextConfiguration(classes = BankApplication.class)
class DataJpaSliceTest {

    @Autowired
    private BankApplication.AccountRepository accounts;

    @Autowired
    private TestEntityManager entities;

    @Test
    void repositoriesWorkInADataJpaTestWithoutANetwork() {
        BankApplication.Account account = new BankApplication.Account();
        account.id = "a";
        account.balance = 7;
        accounts.saveAndFlush(account);
        entities.clear();

        assertThat(accounts.findById("a"))
                .get()
                .satisfies(found -> assertThat(found.balance).isEqualTo(7));
    }
}
