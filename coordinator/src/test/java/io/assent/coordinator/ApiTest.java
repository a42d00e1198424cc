package io.assent.coordinator;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.TestConstructor;

/**
 * A test of one node over HTTP; all such tests share the node, but those with settings of their own. A test finds the
 * {@link Api} and the {@link FakeGroup} behind it in its constructor, and the group afresh in each method.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = FakeCoordinator.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"assent.cluster.hold=300ms", "assent.limits.wait-default=2s"})
@ExtendWith(FreshGroup.class)
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
@interface ApiTest {}
