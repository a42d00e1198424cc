package io.assent.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The generator's HTTP: POSTs that block a virtual thread, never repeated behind its back. */
public final class HttpCalls implements AutoCloseable {

    private static final Timeout CONNECT = Timeout.ofSeconds(2);
    private static final Timeout ANSWER = Timeout.ofSeconds(30);

    private final PoolingHttpClientConnectionManager pool;
    private final CloseableHttpClient http;

    /**
     * A client.
     *
     * @param connections how many may be open to one server
     */
    public HttpCalls(int connections) {
        pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(connections)
                .setMaxConnTotal(4 * connections)
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT)
                        .setSocketTimeout(ANSWER)
                        .build())
                .build();
        http = HttpClients.custom()
                .setConnectionManager(pool)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(ANSWER)
                        .setResponseTimeout(ANSWER)
                        .build())
                .disableAutomaticRetries()
                .disableAuthCaching()
                .disableCookieManagement()
                .disableContentCompression()
                .disableRedirectHandling()
                .build();
    }

    /**
     * An answer.
     *
     * @param location the header of that name, or null
     * @param leader the header Assent-Leader, or null
     * @param body as text
     */
    public record Answer(
            int status, @Nullable String location, @Nullable String leader, String body) {}

    /**
     * Posts JSON.
     *
     * @throws IOException when there is no answer
     */
    public Answer post(URI uri, byte[] body) throws IOException {
        ClassicHttpRequest request = ClassicRequestBuilder.post(uri)
                .setEntity(body, ContentType.APPLICATION_JSON)
                .build();
        return http.execute(request, HttpCalls::read);
    }

    /** One word for what is wrong with an answer: its problem type, or its status. */
    public static String wordFor(Answer answer) {
        return Endings.of(answer);
    }

    /** Closes the connections that nobody uses now, so that servers give their memory back. */
    public void closeIdle() {
        pool.closeIdle(TimeValue.ZERO_MILLISECONDS);
    }

    private static Answer read(ClassicHttpResponse response) throws IOException {
        byte[] body = response.getEntity() == null ? null : EntityUtils.toByteArray(response.getEntity());
        return new Answer(
                response.getCode(),
                header(response, "Location"),
                header(response, "Assent-Leader"),
                body == null ? "" : new String(body, StandardCharsets.UTF_8));
    }

    private static @Nullable String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
