package io.assent.coordinator.transaction;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.api.HeuristicView;
import io.assent.protocol.api.ProblemView;
import io.assent.protocol.api.ReasonView;
import io.assent.protocol.message.VotesAnswerForm;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON of the REST API, and of nothing else: a request with a field too many, a field twice or a field of another type
 * is refused, because a client that means something this version does not know must not be half obeyed. Messages of
 * participants are read leniently elsewhere.
 */
@Configuration(proxyBeanMethods = false)
class RestJson {

    /** For members that the document marks with a question mark: absent instead of null. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private interface AbsentWhenNull {}

    /** The strict mapper; not a bean, so that nothing else picks it up. */
    static JsonMapper strictMapper() {
        return JsonMapper.builder(JsonFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addMixIn(ProblemView.class, AbsentWhenNull.class)
                .addMixIn(ReasonView.class, AbsentWhenNull.class)
                .addMixIn(HeuristicView.class, AbsentWhenNull.class)
                .addMixIn(VotesAnswerForm.Item.class, AbsentWhenNull.class)
                .build();
    }

    @Bean
    ServerHttpMessageConvertersCustomizer strictRestJson() {
        return builder -> builder.withJsonConverter(new JacksonJsonHttpMessageConverter(strictMapper()));
    }
}
