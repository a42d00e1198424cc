package io.assent.protocol.simulation;
public class DevProp { public static void main(String[] a) throws Exception {
  var c = Class.forName("io.assent.protocol.participant.ParticipantPropertyTest").getDeclaredConstructor(); c.setAccessible(true);
  var m = Class.forName("io.assent.protocol.participant.ParticipantPropertyTest").getDeclaredMethod("whatABranchSaysIsTrueAndWhatItDoesItWasTold"); m.setAccessible(true);
  m.invoke(c.newInstance()); System.out.println("ok"); } }
