package io.assent.participant.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom the participant's endpoint serves.
 *
 * @param open Whether everybody may send messages to a participant that is reachable from other hosts and has no secret.
 */
@ConfigurationProperties("assent.security")
public record ExposureProperties(@DefaultValue("false") boolean open) {}
