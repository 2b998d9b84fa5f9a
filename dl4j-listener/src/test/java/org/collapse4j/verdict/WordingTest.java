package org.collapse4j.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.collapse4j.verdict.Verdict.Direction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "0.01154392,0.0115",
    "0.2,0.2",
    "169.4,169",
    "12345,12300",
    "0.00001234,1.2e-05",
    "2e-16,2.0e-16",
    "12345678,1.2e+07",
    "0.0001,0.0001",
    "999999,1000000",
    "1000000,1.0e+06",
    "-0.00001234,-1.2e-05",
    "-12345678,-1.2e+07"
  })
  void numbers(double value, String text) {
    assertEquals(text, Wording.number(value));
  }

  /** What is not all is not said to be 100%, and what is below a bound not to be at it. */
  @ParameterizedTest
  @CsvSource({"1,100%", "0.99997,99.99%", "0.99496,99.49%", "0.944,94.4%", "0.5,50%", "0,0%"})
  void shares(double share, String text) {
    assertEquals(text, Wording.percent(share));
  }

  @Test
  void lists() {
    assertEquals("NC1", Wording.list(List.of("NC1")));
    assertEquals("NC1 and NC2", Wording.list(List.of("NC1", "NC2")));
    assertEquals("NC1, NC2 and NC3", Wording.list(List.of("NC1", "NC2", "NC3")));
  }

  @Test
  void countsAndNothing() {
    assertEquals("3,000", Wording.count(2999.6));
    assertEquals("", Wording.list(List.of()));
  }

  @Test
  void whichWayIsSaidIfItIsKnown() {
    assertEquals(", falling", Wording.going(Direction.FALLING));
    assertEquals("", Wording.going(Direction.UNKNOWN));
  }
}
