package io.assent.coordinator;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts one coordinator node. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class CoordinatorApplication {

    /**
     * Starts the node.
     *
     * @param args properties as {@code --name=value}
     */
    public static void main(String[] args) {
        SpringApplication.run(CoordinatorApplication.class, args);
    }
}
