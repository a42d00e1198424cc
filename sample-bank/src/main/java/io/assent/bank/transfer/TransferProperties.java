package io.assent.bank.transfer;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this bank makes transfers.
 *
 * @param allowedHosts Hosts of the banks that transfers may name; a request must not be able to make this service call
 *     anything else.
 * @param prepareEarly Whether the last call to a bank asks it to prepare before it answers, which saves a message and a
 *     round trip at commit, and holds its locks prepared a little longer.
 */
@ConfigurationProperties("bank.transfer")
public record TransferProperties(
        @DefaultValue({"127.0.0.1", "localhost", "[::1]"}) List<String> allowedHosts,
        @DefaultValue("true") boolean prepareEarly) {}
