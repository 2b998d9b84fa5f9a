package org.collapse4j.verdict;

import static org.collapse4j.verdict.Wording.going;
import static org.collapse4j.verdict.Wording.list;
import static org.collapse4j.verdict.Wording.number;
import static org.collapse4j.verdict.Wording.percent;
import static org.collapse4j.verdict.Wording.verdict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Direction;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/** Whether the classes of training data collapse, from a series of their examples. */
final class CollapseRules {
  /** Training accuracy from which on nearly nothing is left to be learnt but the geometry. */
  private static final double TERMINAL_ACCURACY = 0.995;

  private final MetricSeries training;
  private final Latest latest;

  CollapseRules(MetricSeries training) {
    this.training = training;
    this.latest = new Latest(training);
  }

  /** What can be said; the first is about the state, a second about which way it goes. */
  List<Verdict> verdicts() {
    if (training.split().equals(Observation.STREAM)) {
      return List.of(
          verdict(
              Topic.COLLAPSE,
              Tone.NEUTRAL,
              "Collapse is not judged from the stream, whose features come from weights that move"
                  + " during the epoch, in training mode: measure a sample or a probe"));
    }
    if (!latest.isDefined(Metric.ACCURACY) || !latest.isDefined(Metric.NC1_PINV)) {
      return List.of();
    }
    if (latest.isGuessing()) {
      return List.of(guessing());
    }
    if (!isTerminal()) {
      return List.of(early());
    }
    return Stream.concat(Stream.of(state()), directions().stream()).toList();
  }

  private Verdict guessing() {
    double accuracy = latest.value(Metric.ACCURACY);
    return verdict(
            Topic.ACCURACY,
            Tone.WARNING,
            "Training accuracy is %s, no better than guessing one of %.0f classes",
            percent(accuracy),
            latest.value(Metric.CLASSES_PRESENT))
        .by(Metric.ACCURACY, accuracy, direction(Metric.ACCURACY));
  }

  private boolean isTerminal() {
    return latest.value(Metric.ACCURACY) >= TERMINAL_ACCURACY;
  }

  private Verdict early() {
    double nc1 = latest.value(Metric.NC1_PINV);
    Direction direction = direction(Metric.NC1_PINV);
    return verdict(
            Topic.COLLAPSE,
            Tone.NEUTRAL,
            "%s of training examples are right: too early to call collapse, which is judged from"
                + " %s on (nc1.pinv %s%s)",
            percent(latest.value(Metric.ACCURACY)),
            percent(TERMINAL_ACCURACY),
            number(nc1),
            going(direction))
        .by(Metric.NC1_PINV, nc1, direction);
  }

  private Direction direction(Metric metric) {
    return Trend.of(training, metric).direction();
  }

  /**
   * With two classes the centres are opposite each other whatever happens, and NC2 says nothing.
   */
  private boolean counts(Condition condition) {
    return latest.isDefined(condition.metric())
        && !(condition == Condition.NC2 && latest.hasClasses(2));
  }

  private List<Condition> counted() {
    return Arrays.stream(Condition.values()).filter(this::counts).toList();
  }

  private boolean holds(Condition condition) {
    return condition.holds(latest.value(condition.metric()));
  }

  /** Whether the classes have collapsed: in the terminal phase every condition holds. */
  boolean hasCollapsed() {
    return isTerminal()
        && Arrays.stream(Condition.values())
            .allMatch(c -> counts(c) ? holds(c) : c == Condition.NC2 && latest.hasClasses(2));
  }

  /** Whether it can be told if the classes have collapsed. */
  boolean isJudged() {
    return !training.split().equals(Observation.STREAM)
        && latest.isDefined(Metric.ACCURACY)
        && latest.isDefined(Metric.NC1_PINV);
  }

  /** Whether the training classes are points, so that it can be asked if others follow. */
  boolean hasFirstCondition() {
    return isJudged() && isTerminal() && holds(Condition.NC1);
  }

  private Verdict state() {
    List<String> held = names(counted().stream().filter(this::holds));
    List<String> open = names(counted().stream().filter(c -> !holds(c)));
    double nc1 = latest.value(Metric.NC1_PINV);
    return verdict(
            Topic.COLLAPSE,
            hasCollapsed() && !isOfWrongLabels() ? Tone.GOOD : Tone.NEUTRAL,
            "Training classes %s: %s%s%s%s",
            judgement(held, open),
            held.isEmpty() ? "" : list(held) + (held.size() == 1 ? " holds" : " hold"),
            held.isEmpty() || open.isEmpty() ? "" : ", ",
            open.isEmpty() ? "" : list(open) + (open.size() == 1 ? " does not" : " do not"),
            leftOut())
        .by(Metric.NC1_PINV, nc1, direction(Metric.NC1_PINV));
  }

  /** Whether so many labels are wrong that collapse onto them is nothing to be glad of. */
  private boolean isOfWrongLabels() {
    return latest.value(Metric.NOISE_RATE) > 0
        || latest.value(Metric.SUSPECTS_SHARE) >= LabelRules.MANY;
  }

  private String judgement(List<String> held, List<String> open) {
    if (hasCollapsed()) {
      return "have collapsed";
    }
    return open.isEmpty() || !held.isEmpty() ? "have collapsed in part" : "have not collapsed";
  }

  private List<String> names(Stream<Condition> conditions) {
    return conditions
        .map(
            c ->
                String.format(
                    "%s (%s %s %s %s)",
                    c,
                    c.metric().key(),
                    number(latest.value(c.metric())),
                    holds(c) ? "<=" : ">",
                    number(c.bound())))
        .toList();
  }

  private String leftOut() {
    List<String> missing =
        Arrays.stream(Condition.values())
            .filter(c -> !latest.isDefined(c.metric()))
            .map(Condition::name)
            .toList();
    String twoClasses =
        latest.hasClasses(2) ? "; with two classes NC2 is zero by definition, and not counted" : "";
    return missing.isEmpty() ? twoClasses : twoClasses + "; " + list(missing) + " cannot be told";
  }

  private Optional<Verdict> directions() {
    Map<Direction, List<String>> going = new EnumMap<>(Direction.class);
    counted()
        .forEach(
            c ->
                going.computeIfAbsent(direction(c.metric()), d -> new ArrayList<>()).add(c.name()));
    going.remove(Direction.UNKNOWN);
    if (going.isEmpty()) {
      return Optional.empty();
    }
    List<String> parts =
        going.entrySet().stream()
            .map(
                e ->
                    list(e.getValue())
                        + (e.getValue().size() == 1 ? " is " : " are ")
                        + e.getKey().name().toLowerCase(Locale.ROOT))
            .toList();
    List<Observation> last = Trend.lastThird(training.observations());
    return Optional.of(
        verdict(
            Topic.COLLAPSE,
            going.containsKey(Direction.RISING) ? Tone.WARNING : Tone.NEUTRAL,
            "Over the last %d observations, from epoch %d to %d, %s",
            last.size(),
            last.get(0).epoch(),
            latest.observation().epoch(),
            String.join(", ", parts)));
  }
}
