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

    /** Path under which it tells how many requests and messages it has received. */
    public static final String COUNTS = "/counts";

    private NoOpParticipant() {}

    /** Runs one; no arguments. */
    public static void main(String[] arguments) throws LifecycleException, IOException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(temporaryDirectory().toString());
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        tomcat.getConnector().setProperty("keepAliveTimeout", "-1");
        NoOpServlet servlet = new NoOpServlet();
        Context context = tomcat.addContext("", null);
        Wrapper wrapper = Tomcat.addServlet(context, "participants", servlet);
        wrapper.addMapping(ENDPOINTS + "*");
        wrapper.addMapping(COUNTS);
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
