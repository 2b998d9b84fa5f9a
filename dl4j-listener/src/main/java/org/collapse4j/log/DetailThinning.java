package org.collapse4j.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Keeps what is known of classes and examples at some moments of each split and layer of a run,
 * evenly apart, and at the last. They take ten times the room of the numbers of all examples, and
 * are looked at one moment at a time.
 */
final class DetailThinning {
  private static final int MOST_MOMENTS = 40;

  private final List<Observation> observations;
  private final Function<byte[], Observation> whole;
  private final Map<List<String>, Place> places = new HashMap<>();

  /**
   * A thinning of a list.
   *
   * @param observations to which those that were read are added by another; some are replaced here
   * @param whole the observation of a line with all that is in it, null if it cannot be read
   */
  DetailThinning(List<Observation> observations, Function<byte[], Observation> whole) {
    this.observations = observations;
    this.whole = whole;
  }

  /** A split and layer of a run. */
  private static final class Place {
    private List<Integer> detailed = new ArrayList<>();
    private int stride = 1;
    private int count;
    private byte[] lastLine;
    private int last;
  }

  /** Whether the next observation is probably one to be kept whole. */
  boolean isWorthReading() {
    return observations.size() < MOST_MOMENTS;
  }

  /**
   * An observation has been added to the list.
   *
   * @param line from which it was read
   * @param isWhole whether all was read that is in it
   */
  void added(byte[] line, boolean isWhole) {
    int index = observations.size() - 1;
    Observation added = observations.get(index);
    Place place =
        places.computeIfAbsent(
            List.of(added.run(), added.split(), added.layer()), first -> new Place());
    boolean isKept = place.count++ % place.stride == 0;
    if (isKept) {
      place.detailed.add(index);
    }
    if (isKept != isWhole) {
      observations.set(index, isKept ? wholeOr(added, line) : added.withNumbersOnly());
    }
    place.last = index;
    place.lastLine = isKept ? null : line;
    if (place.detailed.size() > MOST_MOMENTS) {
      halve(place);
    }
  }

  private Observation wholeOr(Observation numbers, byte[] line) {
    Observation all = whole.apply(line);
    return all == null ? numbers : numbers.withDetails(all.measurements(), all.examples());
  }

  private void halve(Place place) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < place.detailed.size(); i++) {
      int index = place.detailed.get(i);
      if (i % 2 == 0) {
        kept.add(index);
      } else {
        observations.set(index, observations.get(index).withNumbersOnly());
      }
    }
    place.detailed = kept;
    place.stride *= 2;
  }

  /** To be called after the last observation, which is kept whole at each place. */
  void complete() {
    for (Place place : places.values()) {
      if (place.lastLine != null) {
        observations.set(place.last, wholeOr(observations.get(place.last), place.lastLine));
      }
    }
  }
}
