package io.assent.benchmarks.participant;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;

/**
 * A process that stands for any number of participants: each path of it is an endpoint. It writes its port to its
 * output and ends when its input ends, so it cannot outlive who started it.
 */
public final class NoOpParticipant {

    /** Path below which every path is an endpoint. */
    public static final String ENDPOINTS = "/participants/";

    /** Path below which every path is an endpoint that brings its votes to the acceptors itself (Paxos Commit). */
    public static final String DIRECT = "/direct/";

    /**
     * Path under which it tells when the COMMIT of each transaction came since it was asked last, in nanoseconds of
     * {@link System#nanoTime}, which is the same clock in all processes of one machine.
     */
    public static final String COMMITS = "/commits";

    /** Path under which it tells how many requests and messages it has received. */
    public static final String COUNTS = "/counts";

    private NoOpParticipant() {}

    /** Runs one on any port of loopback; or on an address and a port, and then it notes when each COMMIT comes. */
    public static void main(String[] arguments) throws LifecycleException, IOException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(temporaryDirectory().toString());
        boolean placed = arguments.length > 0;
        tomcat.setPort(placed ? Integer.parseInt(arguments[1]) : 0);
        tomcat.getConnector().setProperty("address", placed ? arguments[0] : "127.0.0.1");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        tomcat.getConnector().setProperty("keepAliveTimeout", "-1");
        NoOpServlet servlet = new NoOpServlet(placed ? new Arrivals() : null);
        Context context = tomcat.addContext("", null);
        Wrapper wrapper = Tomcat.addServlet(context, "participants", servlet);
        wrapper.addMapping(ENDPOINTS + "*");
        wrapper.addMapping(DIRECT + "*");
        wrapper.addMapping(COUNTS);
        wrapper.addMapping(COMMITS);
        tomcat.start();
        System.out.println(tomcat.getConnector().getLocalPort());
        System.in.transferTo(OutputStream.nullOutputStream());
        tomcat.stop();
        tomcat.destroy();
        System.exit(0);
    }

    private static Path temporaryDirectory() throws IOException {
        Path directory = Files.createTempDirectory("assent-participant");
        directory.toFile().deleteOnExit();
        return directory;
    }
}
