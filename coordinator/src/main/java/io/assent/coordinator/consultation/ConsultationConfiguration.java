package io.assent.coordinator.consultation;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Lets {@link AcceptorUpkeep} run at its times. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class ConsultationConfiguration {}
