package org.collapse4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process of its own, on the class path of the tests or on part of it. */
public final class ChildJvm {
  private ChildJvm() {}

  public static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** Starts a class; what it prints as errors goes to the file {@code errors}. */
  public static Process start(String classPath, Path errors, Class<?> main, String... arguments)
      throws IOException {
    return start(List.of(), classPath, errors, main, arguments);
  }

  /** The same by a command that runs the one behind it, such as {@code nice}. */
  public static Process start(
      List<String> by, String classPath, Path errors, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(by);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(errors.toFile()).start();
  }
}
