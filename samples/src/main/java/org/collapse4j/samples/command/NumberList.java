package org.collapse4j.samples.command;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A list of numbers on the command line: {@code 0,0.1,0.2}, or {@code 0:0.4:0.02} for those from 0
 * to 0.4 in steps of 0.02, or both mixed.
 *
 * @param values at least one, distinct and ascending
 */
record NumberList(List<Double> values) {
  private static final int MAX_SIZE = 10_000;

  static NumberList parse(String text) {
    List<Double> values = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] range = part.trim().split(":", -1);
      if (range.length == 1) {
        values.add(number(part, text).doubleValue());
      } else if (range.length == 3) {
        addRange(number(range[0], text), number(range[1], text), number(range[2], text), values);
      } else {
        throw refusal(text);
      }
    }
    return new NumberList(values.stream().distinct().sorted().toList());
  }

  /** Steps in decimals, so that 0:0.3:0.1 has the numbers 0.1, 0.2 and 0.3. */
  private static void addRange(
      BigDecimal from, BigDecimal to, BigDecimal step, List<Double> values) {
    if (step.signum() <= 0 || from.compareTo(to) > 0) {
      throw new TypeConversionException(
          "a range must rise, by a step above 0, not " + from + ":" + to + ":" + step);
    }
    for (BigDecimal x = from; x.compareTo(to) <= 0; x = x.add(step)) {
      if (values.size() == MAX_SIZE) {
        throw new TypeConversionException("a list must have at most " + MAX_SIZE + " numbers");
      }
      values.add(x.doubleValue());
    }
  }

  private static BigDecimal number(String part, String text) {
    try {
      return new BigDecimal(part.trim());
    } catch (NumberFormatException e) {
      TypeConversionException refusal = refusal(text);
      refusal.initCause(e);
      throw refusal;
    }
  }

  private static TypeConversionException refusal(String text) {
    return new TypeConversionException(
        "must be numbers and ranges such as 0,0.1 or 0:0.4:0.02, not '" + text + "'");
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<NumberList> {
    @Override
    public NumberList convert(String text) {
      return parse(text);
    }
  }
}
