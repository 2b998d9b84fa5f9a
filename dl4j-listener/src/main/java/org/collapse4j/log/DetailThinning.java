package org.collapse4j.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Keeps what is known of classes and examples at some moments of each split and layer of a run,
 * evenly apart, and at the last. They take ten times the room of the numbers of all examples, and
 * are looked at one moment at a time. For the packages of this project; not meant to be used on its
 * own, and free to change.
 *
 * @param <S> what an observation comes from
 */
public final class DetailThinning<S> {
  private static final int MOST_MOMENTS = 40;

  private final List<Observation> observations;
  private final Function<S, Observation> whole;
  private final Map<List<String>, Place<S>> places = new HashMap<>();

  /**
   * A thinning of a list.
   *
   * @param observations to which another adds them; some are replaced here
   * @param whole the observation of a source with all that is in it, null if it cannot be read
   */
  public DetailThinning(List<Observation> observations, Function<S, Observation> whole) {
    this.observations = observations;
    this.whole = whole;
  }

  /** A split and layer of a run. */
  private static final class Place<S> {
    private List<Integer> detailed = new ArrayList<>();
    private int stride = 1;
    private int count;

    /** Where the last observation is. */
    private int last;

    /** What the last one comes from; null if it is one of those that are kept whole. */
    private S source;

    /** Whether it is whole for the time that it is the last. */
    private boolean isCompleted;
  }

  /** Whether the next observation is probably one to be kept whole. */
  boolean isWorthReading() {
    return observations.size() < MOST_MOMENTS;
  }

  /**
   * An observation has been added to the list.
   *
   * @param source what it comes from
   * @param isWhole whether it has all that is in its source
   */
  public void added(S source, boolean isWhole) {
    int index = observations.size() - 1;
    Observation added = observations.get(index);
    Place<S> place =
        places.computeIfAbsent(
            List.of(added.run(), added.split(), added.layer()), first -> new Place<>());
    if (place.isCompleted) {
      strip(place.last);
      place.isCompleted = false;
    }
    boolean isKept = place.count++ % place.stride == 0;
    if (isKept) {
      place.detailed.add(index);
    }
    if (isKept != isWhole) {
      observations.set(index, isKept ? wholeOr(added, source) : added.withNumbersOnly());
    }
    place.last = index;
    place.source = isKept ? null : source;
    if (place.detailed.size() > MOST_MOMENTS) {
      halve(place);
    }
  }

  private void strip(int index) {
    observations.set(index, observations.get(index).withNumbersOnly());
  }

  private Observation wholeOr(Observation numbers, S source) {
    Observation all = whole.apply(source);
    return all == null ? numbers : numbers.withDetails(all.measurements(), all.examples());
  }

  private void halve(Place<S> place) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < place.detailed.size(); i++) {
      int index = place.detailed.get(i);
      if (i % 2 == 0) {
        kept.add(index);
      } else {
        strip(index);
      }
    }
    place.detailed = kept;
    place.stride *= 2;
  }

  /** Makes the last observation of each place whole, until the next one is added. */
  public void complete() {
    for (Place<S> place : places.values()) {
      if (place.source != null) {
        observations.set(place.last, wholeOr(observations.get(place.last), place.source));
        place.isCompleted = true;
      }
    }
  }
}
