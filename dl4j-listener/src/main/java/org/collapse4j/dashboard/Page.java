package org.collapse4j.dashboard;

import java.util.List;
import java.util.Map;

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

  private static final SelfContainedPage PAGE =
      new SelfContainedPage(Page.class, "page.html", List.of("page.css"), SCRIPTS, "blob:");
  private static final String LICENCE =
      SelfContainedPage.resource(Page.class, "d3/LICENSE").strip();
  private static final String LIVE_POLICY = PAGE.policy() + "; connect-src 'self'";

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
    return page(data, fallback, PAGE.policy(), "");
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
    return PAGE.with(
        Map.of(
            "policy", policy,
            "live", live,
            "licence", LICENCE,
            "fallback", fallback,
            "data", SelfContainedPage.inScript(data)));
  }
}
