package io.assent.participant.initiator;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.participant.CoordinatorRefusedException;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** One request to one coordinator, and what its answer means; never repeats anything. */
final class CoordinatorHttp {

    private final RestClient rest;

    /**
     * A client with its own connections.
     *
     * @param secret sent as a bearer token; null where the cluster is open
     * @param connectTimeout of every connection
     * @param requestTimeout until every answer must have begun
     */
    CoordinatorHttp(@Nullable String secret, Duration connectTimeout, Duration requestTimeout) {
        HttpClientSettings settings = HttpClientSettings.defaults()
                .withTimeouts(connectTimeout, requestTimeout)
                .withRedirects(HttpRedirects.DONT_FOLLOW);
        // No h2c upgrade: it costs a round trip on clear text and buys nothing here.
        RestClient.Builder builder = RestClient.builder()
                .requestFactory(ClientHttpRequestFactoryBuilder.jdk()
                        .withHttpClientCustomizer(http -> http.version(HttpClient.Version.HTTP_1_1))
                        .build(settings))
                .configureMessageConverters(
                        converters -> converters.withJsonConverter(new JacksonJsonHttpMessageConverter(mapper())));
        if (secret != null) {
            builder.defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + secret);
        }
        rest = builder.build();
    }

    /** Writes the forms of the API: a field that is null is left out. */
    static JsonMapper mapper() {
        return JsonMapper.builder()
                .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
    }

    /**
     * An answer that stands.
     *
     * @param body what it says
     * @param leader who leads the group, where the answer tells
     */
    record Answer<T>(T body, Optional<URI> leader) {

        static <T> Answer<T> of(T body) {
            return new Answer<>(body, Optional.empty());
        }

        /** The same answer, read as another thing. */
        <U> Answer<U> as(U other) {
            return new Answer<>(other, leader);
        }
    }

    /**
     * Sends the request once.
     *
     * @param body sent as JSON, or null
     * @throws NoAnswerException when the answer is missing or may change with a repetition
     * @throws CoordinatorRefusedException when the coordinator refuses for good
     */
    <T> Answer<T> send(HttpMethod method, URI url, @Nullable Object body, Class<T> type) {
        try {
            RestClient.RequestBodySpec request = rest.method(method).uri(url).accept(MediaType.ALL);
            if (body != null) {
                request.contentType(MediaType.APPLICATION_JSON).body(body);
            }
            return request.exchangeForRequiredValue((sent, response) -> read(sent, response, type));
        } catch (ResourceAccessException e) {
            throw new NoAnswerException(url + ": " + e.getCause(), Duration.ZERO, e);
        } catch (RestClientException e) {
            throw new NoAnswerException(url + ": an answer that cannot be read", Duration.ZERO, e);
        }
    }

    private static <T> Answer<T> read(HttpRequest sent, ConvertibleClientHttpResponse response, Class<T> type)
            throws IOException {
        HttpStatusCode status = response.getStatusCode();
        if (status.is2xxSuccessful()) {
            T body = response.bodyTo(type);
            if (body == null) {
                throw new NoAnswerException(sent.getURI() + ": an empty answer", Duration.ZERO, null);
            }
            return new Answer<>(body, leader(response.getHeaders()));
        }
        ProblemView problem = problem(response, status);
        boolean final4xx = status.is4xxClientError()
                && ProblemType.ofUrn(problem.type())
                        .filter(known -> known != ProblemType.OVERLOADED)
                        .isPresent();
        if (final4xx) {
            throw new CoordinatorRefusedException(
                    sent.getMethod() + " " + sent.getURI().getPath(), status.value(), problem);
        }
        throw new NoAnswerException(
                sent.getURI() + ": status " + status.value() + ", " + problem.detail(),
                retryAfter(response.getHeaders()),
                null);
    }

    private static ProblemView problem(ConvertibleClientHttpResponse response, HttpStatusCode status)
            throws IOException {
        if (MediaType.APPLICATION_PROBLEM_JSON.isCompatibleWith(
                response.getHeaders().getContentType())) {
            ProblemView problem = response.bodyTo(ProblemView.class);
            if (problem != null && problem.type() != null) {
                return problem;
            }
        }
        return new ProblemView(
                "about:blank",
                response.getStatusText(),
                status.value(),
                "an answer that is not one of Assent's: is this the base URL of a coordinator?",
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static Optional<URI> leader(HttpHeaders headers) {
        String text = headers.getFirst(Headers.LEADER);
        try {
            return text == null ? Optional.empty() : Optional.of(URI.create(text.trim()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Duration retryAfter(HttpHeaders headers) {
        String seconds = headers.getFirst(HttpHeaders.RETRY_AFTER);
        try {
            return seconds == null ? Duration.ZERO : Duration.ofSeconds(Integer.parseUnsignedInt(seconds.trim()));
        } catch (NumberFormatException e) {
            return Duration.ZERO;
        }
    }
}
