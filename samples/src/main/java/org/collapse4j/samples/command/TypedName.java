package org.collapse4j.samples.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.activations.Activation;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The constants of an enumeration by the names that are typed: in lower case. */
public final class TypedName<E extends Enum<E>> implements ITypeConverter<E> {
  private final List<E> constants;

  private TypedName(Class<E> enumeration) {
    constants = List.of(enumeration.getEnumConstants());
  }

  /** Lets a command line and its commands take an enumeration by these names. */
  public static <E extends Enum<E>> void register(CommandLine commands, Class<E> enumeration) {
    commands.registerConverter(enumeration, new TypedName<>(enumeration));
  }

  /** The names of an enumeration as a sentence has them: a, b or c. */
  static String list(Enum<?>[] constants) {
    List<String> names = Arrays.stream(constants).map(TypedName::of).toList();
    int last = names.size() - 1;
    return names.stream().limit(last).collect(Collectors.joining(", ")) + " or " + names.get(last);
  }

  /** The names of activations, for help and completion. */
  static final class Activations extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Activations() {
      super(Arrays.stream(Activation.values()).map(TypedName::of).sorted().toList());
    }
  }

  /** The names of global means, for help and completion. */
  static final class GlobalMeans extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    GlobalMeans() {
      super(Arrays.stream(GlobalMean.values()).map(TypedName::of).toList());
    }
  }

  private static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public E convert(String typed) {
    return constants.stream()
        .filter(constant -> of(constant).equalsIgnoreCase(typed))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be %s, not '%s'"
                        .formatted(list(constants.toArray(Enum<?>[]::new)), typed)));
  }
}
