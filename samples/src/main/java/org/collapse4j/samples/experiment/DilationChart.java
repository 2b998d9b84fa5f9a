package org.collapse4j.samples.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Relative dilation against the noise rate: a curve of the model for each alpha and expressivity,
 * and the ends of real runs as points. A colour is an alpha, on curves and points alike; a dash is
 * an expressivity, the form of a point is a loss.
 */
public final class DilationChart {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 600;

  /** Told apart in print and by the colour-blind (Okabe and Ito). */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0x000000));

  private static final Color UNKNOWN_ALPHA = new Color(0x808080);
  private static final List<BasicStroke> DASHES =
      List.of(SeriesLines.SOLID, SeriesLines.DASH_DASH, SeriesLines.DOT_DOT, SeriesLines.DASH_DOT);
  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.SQUARE,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.CROSS);

  private final XYChart chart;
  private final List<Double> alphas;
  private final List<String> losses;

  /**
   * A chart of points of the model and of runs.
   *
   * @param points at least one; those of a curve in the order of the noise rate
   * @param measured possibly none
   */
  public DilationChart(List<TheoryPoint> points, List<MeasuredDilation> measured) {
    this.alphas =
        Stream.concat(
                points.stream().map(TheoryPoint::alpha),
                measured.stream()
                    .filter(m -> m.alpha().isPresent())
                    .map(m -> m.alpha().getAsDouble()))
            .distinct()
            .toList();
    this.losses = measured.stream().map(MeasuredDilation::loss).distinct().toList();
    List<Double> expressivities =
        points.stream().map(TheoryPoint::expressivity).distinct().toList();
    this.chart = emptyChart(points.get(0), expressivities.size() == 1);
    addCurves(points, expressivities);
    addRuns(measured);
  }

  private static XYChart emptyChart(TheoryPoint point, boolean oneExpressivity) {
    String title = "Memorization-dilation model, lambda " + NumberText.of(point.lambda());
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title + (oneExpressivity ? ", C " + NumberText.of(point.expressivity()) : ""))
            .xAxisTitle("noise rate eta")
            .yAxisTitle("relative dilation r / D")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setLegendBorderColor(Color.WHITE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setMarkerSize(9);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisDecimalPattern("0.###");
    chart.getStyler().setYAxisDecimalPattern("0.###");
    return chart;
  }

  private void addCurves(List<TheoryPoint> points, List<Double> expressivities) {
    Map<String, List<TheoryPoint>> curves =
        points.stream()
            .collect(
                Collectors.groupingBy(
                    p -> curveName(p, expressivities.size() > 1),
                    LinkedHashMap::new,
                    Collectors.toList()));
    curves.forEach(
        (name, curve) -> {
          TheoryPoint first = curve.get(0);
          XYSeries series =
              chart.addSeries(
                  name,
                  curve.stream().mapToDouble(TheoryPoint::noiseRate).toArray(),
                  curve.stream().mapToDouble(p -> p.solution().relativeDilation()).toArray());
          series.setMarker(curve.size() == 1 ? SeriesMarkers.PLUS : SeriesMarkers.NONE);
          series.setMarkerColor(colour(OptionalDouble.of(first.alpha())));
          series.setLineColor(colour(OptionalDouble.of(first.alpha())));
          series.setLineStyle(
              DASHES.get(expressivities.indexOf(first.expressivity()) % DASHES.size()));
          series.setLineWidth(2);
        });
  }

  private static String curveName(TheoryPoint point, boolean severalExpressivities) {
    String alpha = "alpha " + NumberText.of(point.alpha());
    return severalExpressivities ? alpha + ", C " + NumberText.of(point.expressivity()) : alpha;
  }

  private void addRuns(List<MeasuredDilation> measured) {
    Map<String, List<MeasuredDilation>> groups =
        measured.stream()
            .collect(
                Collectors.groupingBy(
                    DilationChart::runsName, LinkedHashMap::new, Collectors.toList()));
    groups.forEach(
        (name, runs) -> {
          MeasuredDilation first = runs.get(0);
          XYSeries series =
              chart.addSeries(
                  name,
                  runs.stream().mapToDouble(MeasuredDilation::noiseRate).toArray(),
                  runs.stream().mapToDouble(MeasuredDilation::relativeDilation).toArray());
          series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
          series.setMarker(MARKERS.get(losses.indexOf(first.loss()) % MARKERS.size()));
          series.setMarkerColor(colour(first.alpha()));
        });
  }

  private static String runsName(MeasuredDilation run) {
    String alpha =
        run.alpha().isPresent() ? "alpha " + NumberText.of(run.alpha().getAsDouble()) : "alpha ?";
    return "measured: " + run.loss() + ", " + alpha;
  }

  private Color colour(OptionalDouble alpha) {
    return alpha.isPresent()
        ? COLOURS.get(alphas.indexOf(alpha.getAsDouble()) % COLOURS.size())
        : UNKNOWN_ALPHA;
  }

  /** What the legend has, curves first. */
  List<String> names() {
    return chart.getSeriesCollection().stream().map(XYSeries::getName).toList();
  }

  /** The chart as PNG. */
  public byte[] toPng() throws IOException {
    return ChartEncoder.getBytes(chart, "png");
  }

  /** The chart as SVG. */
  public byte[] toSvg() throws IOException {
    return ChartEncoder.getBytes(chart, "svg");
  }
}
