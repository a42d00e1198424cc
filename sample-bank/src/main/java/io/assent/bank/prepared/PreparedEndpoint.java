package io.assent.bank.prepared;

import io.assent.protocol.TransactionId;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The transactions whose branches are prepared here, as the database itself lists them (H2 only). */
@Component
@Endpoint(id = "prepared")
class PreparedEndpoint {

    private static final int FORMAT_ID = 0x41535354;

    private final JdbcClient database;

    PreparedEndpoint(JdbcClient database) {
        this.database = database;
    }

    /** What the endpoint answers: transaction ids, sorted. */
    record Prepared(List<String> transactions) {}

    @ReadOperation
    Prepared prepared() {
        return new Prepared(database
                .sql("SELECT TRANSACTION_NAME FROM INFORMATION_SCHEMA.IN_DOUBT")
                .query((row, number) -> row.getString(1))
                .list()
                .stream()
                .flatMap(PreparedEndpoint::transaction)
                .sorted()
                .toList());
    }

    /** H2 writes the XA id as {@code XID|format|qualifier|transaction}, the last two in Base64 for URLs. */
    private static Stream<String> transaction(String name) {
        String[] parts = name.split("\\|", -1);
        return parts.length == 4 && parts[1].equals(Integer.toString(FORMAT_ID))
                ? Stream.of(TransactionId.ofBytes(Base64.getUrlDecoder().decode(parts[3]))
                        .toString())
                : Stream.empty();
    }
}
