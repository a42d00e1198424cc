package io.assent.coordinator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Participants written from the document alone. What one replies to a message is scripted by its branch id and the type
 * of the message; unscripted, it votes YES and acknowledges.
 */
final class ScriptedParticipant implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SILENCE = "";

    private final WireMockServer server =
            new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort().extensions(new Replying()));
    private final Map<String, String> script = new ConcurrentHashMap<>();

    ScriptedParticipant() {
        server.start();
        server.stubFor(post(anyUrl()).willReturn(aResponse().withTransformers("replying")));
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.port() + "/assent/v1/branches";
    }

    /** To this message this branch replies with these members, in JSON with single quotes. */
    void replies(String branch, String type, String members) {
        script.put(branch + " " + type, members.replace('\'', '"'));
    }

    /** This branch leaves this message without a reply. */
    void isSilent(String branch, String type) {
        script.put(branch + " " + type, SILENCE);
    }

    /** This branch does as it should again. */
    void recovers(String branch, String type) {
        script.remove(branch + " " + type);
    }

    private Optional<ObjectNode> reply(JsonNode message) {
        String type = message.path("type").asString();
        String branch = message.path("branch").asString();
        String members = script.getOrDefault(
                branch + " " + type,
                switch (type) {
                    case "PREPARE" -> "{\"type\":\"VOTE\",\"vote\":\"YES\"}";
                    case "COMMIT_ONE_PHASE" -> "{\"type\":\"OUTCOME\",\"outcome\":\"COMMITTED\"}";
                    case "INQUIRE" -> "{\"type\":\"STATE\",\"state\":\"PREPARED\"}";
                    default -> "{\"type\":\"ACK\"}";
                });
        if (members.equals(SILENCE)) {
            return Optional.empty();
        }
        ObjectNode reply = (ObjectNode) JSON.readTree(members);
        reply.set("transaction", message.path("transaction"));
        reply.put("branch", branch);
        return Optional.of(reply);
    }

    @Override
    public void close() {
        server.stop();
    }

    private final class Replying implements ResponseDefinitionTransformerV2 {
        @Override
        public ResponseDefinition transform(ServeEvent event) {
            ObjectNode answer = JSON.createObjectNode();
            ArrayNode replies = answer.putArray("replies");
            JSON.readTree(event.getRequest().getBodyAsString())
                    .path("messages")
                    .forEach(message -> reply(message).ifPresent(replies::add));
            return new ResponseDefinitionBuilder()
                    .withStatus(200)
                    .withHeader("Content-Type", "application/json")
                    .withBody(answer.toString())
                    .build();
        }

        @Override
        public String getName() {
            return "replying";
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }
    }
}
