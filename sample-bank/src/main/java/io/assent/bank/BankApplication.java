package io.assent.bank;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** One bank. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class BankApplication {

    /** Starts a bank with the settings of the command line. */
    public static void main(String[] arguments) {
        SpringApplication.run(BankApplication.class, arguments);
    }
}
