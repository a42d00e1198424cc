/** Requests and answers of the REST API, version 1: flat records whose component names are the JSON names. */
@NullMarked
package io.assent.protocol.api;

import org.jspecify.annotations.NullMarked;
