package io.assent.coordinator.transaction;

import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What {@code /v3/api-docs} says beside what the controllers show: the problems, and how a caller authenticates. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {

    private static final String SECRET = "secret";
    private static final String PROBLEM = "application/problem+json";
    private static final String PROBLEM_SCHEMA = "#/components/schemas/ProblemView";

    /** Problems of the API itself; those of participants are not among them. */
    private static final List<ProblemType> PROBLEMS =
            List.copyOf(EnumSet.range(ProblemType.INVALID_REQUEST, ProblemType.NOT_READY));

    @Bean
    OpenAPI openApi() {
        Components components = new Components()
                .addSecuritySchemes(
                        SECRET,
                        new SecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer")
                                .description("assent.security.secret, where one is set"));
        return new OpenAPI()
                .info(new Info()
                        .title("Assent coordinator")
                        .version("1")
                        .description("Begins transactions over several services, and commits all of their work or"
                                + " none of it."))
                .servers(List.of(new Server().url("/").description("any node of the cluster")))
                .components(components)
                .addSecurityItem(new SecurityRequirement().addList(SECRET));
    }

    /** Every operation can end with a problem; which ones there are is the same list everywhere. */
    @Bean
    OpenApiCustomizer problemsOfEveryOperation() {
        return api -> {
            ModelConverters.getInstance(true)
                    .readAll(ProblemView.class)
                    .forEach((name, schema) -> api.getComponents().addSchemas(name, schema));
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(ApiDescription::addProblems);
        };
    }

    private static void addProblems(Operation operation) {
        Map<String, List<ProblemType>> byStatus = PROBLEMS.stream()
                .collect(Collectors.groupingBy(
                        type -> Integer.toString(type.status()), TreeMap::new, Collectors.toList()));
        byStatus.forEach((status, types) -> operation
                .getResponses()
                .addApiResponse(
                        status,
                        new ApiResponse()
                                .description(types.stream()
                                        .map(type -> type.urn() + ": " + type.title())
                                        .collect(Collectors.joining("; ")))
                                .content(new Content()
                                        .addMediaType(
                                                PROBLEM,
                                                new MediaType().schema(new Schema<>().$ref(PROBLEM_SCHEMA))))));
    }
}
