package io.assent.participant.autoconfigure;

import io.assent.participant.branch.ParticipantMessages;
import io.assent.participant.branch.Units;
import io.assent.participant.branch.Workshop;
import io.assent.participant.web.BearerSecret;
import io.assent.participant.web.BranchEndpoint;
import io.assent.participant.web.BranchFilter;
import io.assent.participant.web.RefusalAdvice;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The participant's endpoint. After Boot's security: a chain of ours that came before it would make Boot's default one,
 * which protects everything else, back off.
 */
@AutoConfiguration(
        after = ParticipantAutoConfiguration.class,
        afterName = "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Workshop.class)
public final class ParticipantWebAutoConfiguration {

    @Bean
    ServletRegistrationBean<BranchEndpoint> branchEndpoint(
            ParticipantMessages messages, InitiatorProperties properties, ParticipantProperties participant) {
        BranchEndpoint endpoint = new BranchEndpoint(
                messages, new BearerSecret(properties.security().secret()), participant.peers());
        ServletRegistrationBean<BranchEndpoint> registration =
                new ServletRegistrationBean<>(endpoint, BranchEndpoint.PATH);
        registration.setName("assentBranchEndpoint");
        return registration;
    }

    @Bean
    FilterRegistrationBean<BranchFilter> branchFilter(Units units) {
        FilterRegistrationBean<BranchFilter> registration = new FilterRegistrationBean<>(new BranchFilter(units));
        registration.setOrder(InitiatorAutoConfiguration.FILTER_ORDER + 1);
        return registration;
    }

    /** Problem details of refused calls, where there is Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DispatcherServlet.class)
    static final class Refusals {

        @Bean
        RefusalAdvice branchRefusalAdvice() {
            return new RefusalAdvice();
        }
    }

    /** Lets coordinators through to exactly the endpoint, which checks their secret; touches no other path. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({EnableWebSecurity.class, SecurityFilterChain.class})
    @ConditionalOnBean(SecurityFilterChain.class)
    static final class Security {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        SecurityFilterChain branchEndpointSecurity() {
            return new DefaultSecurityFilterChain(
                    request -> BranchEndpoint.PATH.equals(request.getServletPath()) && request.getPathInfo() == null);
        }
    }
}
