package org.collapse4j.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An HTML page in one file, with its style and script within it, that asks for no other and runs no
 * script but its own: its content security policy names the hashes of both. The template has the
 * places <code>{{style}}</code> and <code>{{script}}</code>, and others of any name that are filled
 * for each page; what is filled in is not looked through for places again. Immutable.
 */
public final class SelfContainedPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

  private final String template;
  private final String style;
  private final String script;
  private final String policy;

  /**
   * A page whose parts are resources of a class.
   *
   * @param home the class beside which they lie
   * @param template name of the HTML
   * @param styles names of the style sheets, in order
   * @param scripts names of the scripts, in order
   * @param images where images may come from, as the policy's {@code img-src} takes it, such as
   *     {@code data:}
   * @throws IllegalStateException if there is no such resource
   */
  public SelfContainedPage(
      Class<?> home, String template, List<String> styles, List<String> scripts, String images) {
    this.template = resource(home, template);
    style = joined(home, styles);
    script = joined(home, scripts);
    policy =
        String.format(
            "default-src 'none'; script-src '%s'; style-src '%s'; img-src %s; base-uri 'none';"
                + " form-action 'none'",
            hash(script), hash(style), images);
  }

  /** The content security policy, for the page itself or for the server that it comes from. */
  public String policy() {
    return policy;
  }

  /**
   * The page with its places filled.
   *
   * @param contents HTML by the name of its place, for all but style and script; not modified
   * @throws IllegalArgumentException if one of them is missing
   */
  public String with(Map<String, String> contents) {
    Map<String, String> all = new HashMap<>(contents);
    all.put("style", style);
    all.put("script", script);
    StringBuilder page = new StringBuilder();
    int from = 0;
    for (Matcher place = PLACE.matcher(template); place.find(); from = place.end()) {
      page.append(template, from, place.start()).append(content(all, place.group(1)));
    }
    return page.append(template, from, template.length()).toString();
  }

  private static String content(Map<String, String> contents, String place) {
    String content = contents.get(place);
    if (content == null) {
      throw new IllegalArgumentException(
          "Nothing is there for place " + place + " of the page, only for " + contents.keySet());
    }
    return content;
  }

  /** Any text as HTML, for the content of an element or a quoted attribute. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** JSON that no script or comment can end in, and that is a JavaScript literal too. */
  public static String inScript(String json) {
    return json.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /** The SHA-256 of a text's UTF-8, as a content security policy has it: {@code sha256-...}. */
  public static String hash(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java has SHA-256", impossible);
    }
  }

  private static String joined(Class<?> home, List<String> names) {
    return names.stream()
        .map(name -> resource(home, name))
        .collect(Collectors.joining("\n", "\n", "\n"));
  }

  static String resource(Class<?> home, String name) {
    try (InputStream in = home.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
