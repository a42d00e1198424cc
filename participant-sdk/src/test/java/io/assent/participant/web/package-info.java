/** What coordinators reach over the web: the endpoint of the participant. */
@NullMarked
package io.assent.participant.web;

import org.jspecify.annotations.NullMarked;
