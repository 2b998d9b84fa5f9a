package org.collapse4j.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Puts data, style and script into the one file of the page. */
final class Page {
  private static final List<String> SCRIPTS =
      List.of(
          "d3/d3.min.js",
          "data.js",
          "elements.js",
          "plot.js",
          "view.js",
          "charts.js",
          "panels.js",
          "picture.js",
          "classes.js",
          "examples.js",
          "page.js");
  private static final List<String> STYLES = List.of("page.css");

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final String TEMPLATE = resource("page.html");
  private static final String SCRIPT = joined(SCRIPTS);
  private static final String STYLE = joined(STYLES);
  private static final String LICENCE = resource("d3/LICENSE").strip();

  private static final String POLICY =
      "default-src 'none'; script-src '"
          + hash(SCRIPT)
          + "'; style-src '"
          + hash(STYLE)
          + "'; img-src blob:; base-uri 'none'; form-action 'none'";
  private static final String LIVE_POLICY = POLICY + "; connect-src 'self'";

  /** What a server says of the page; that no other may frame it can only be said here. */
  static final Map<String, String> HEADERS =
      Map.of(
          "Cache-Control",
          "no-store",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Content-Security-Policy",
          LIVE_POLICY + "; frame-ancestors 'none'");

  private Page() {}

  static String standalone(String data, String fallback) {
    return page(data, fallback, POLICY, "");
  }

  /**
   * A page that asks for its data anew.
   *
   * @param address of the data, relative to that of the page
   */
  static String live(String data, String fallback, String address) {
    return page(data, fallback, LIVE_POLICY, address);
  }

  private static String page(String data, String fallback, String policy, String live) {
    return filled(
        Map.of(
            "policy", policy,
            "live", live,
            "licence", LICENCE,
            "style", STYLE,
            "fallback", fallback,
            "data", inScript(data),
            "script", SCRIPT));
  }

  /** What is filled in is not looked through for places again. */
  private static String filled(Map<String, String> contents) {
    return PLACE
        .matcher(TEMPLATE)
        .replaceAll(place -> Matcher.quoteReplacement(contents.get(place.group(1))));
  }

  /** JSON that no script or comment can end in, and that is a JavaScript literal too. */
  static String inScript(String json) {
    StringBuilder safe = new StringBuilder(json.length() + 16);
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      switch (c) {
        case '<', '>', '&', '\u2028', '\u2029' ->
            safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  private static String hash(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java has SHA-256", impossible);
    }
  }

  private static String joined(List<String> names) {
    return names.stream().map(Page::resource).collect(Collectors.joining("\n", "\n", "\n"));
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
