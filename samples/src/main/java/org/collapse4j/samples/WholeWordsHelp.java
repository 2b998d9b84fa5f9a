package org.collapse4j.samples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Picocli's help with lines that are broken between words only. Its own breaks are also behind the
 * points and hyphens of {@code noise.rate} and {@code --batch-norm}.
 */
final class WholeWordsHelp extends Help {
  /** Columns before a description at the most, and one behind it. */
  private static final int BEFORE_DESCRIPTION = 31;

  private static final String INDENT = "  ";

  private final int width;

  WholeWordsHelp(CommandSpec command, ColorScheme colours) {
    super(command, colours);
    width = command.usageMessage().width();
  }

  @Override
  public String description(Object... parameters) {
    return paragraphs(commandSpec().usageMessage().description());
  }

  @Override
  public String footer(Object... parameters) {
    return paragraphs(commandSpec().usageMessage().footer());
  }

  private String paragraphs(String[] paragraphs) {
    return Arrays.stream(paragraphs)
        .flatMap(paragraph -> lines(paragraph, width).stream())
        .map(line -> line + System.lineSeparator())
        .collect(Collectors.joining());
  }

  /** Lines of whole words, the second and further ones indented; a longer word has its own. */
  static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    String line = text.substring(0, text.length() - text.stripLeading().length());
    boolean empty = true;
    for (String word : text.strip().split(" +", -1)) {
      if (!empty && line.length() + 1 + word.length() > width) {
        lines.add(line);
        line = INDENT + word;
      } else {
        line += (empty ? "" : " ") + word;
      }
      empty = false;
    }
    lines.add(line);
    return lines;
  }

  @Override
  public IOptionRenderer createDefaultOptionRenderer() {
    IOptionRenderer picocli = super.createDefaultOptionRenderer();
    return (option, labels, colours) -> wrapped(picocli.render(option, labels, colours));
  }

  @Override
  public IParameterRenderer createDefaultParameterRenderer() {
    IParameterRenderer picocli = super.createDefaultParameterRenderer();
    return (parameter, labels, colours) -> wrapped(picocli.render(parameter, labels, colours));
  }

  /** The last cell of a row is its description. */
  private Text[][] wrapped(Text[][] rows) {
    List<Text[]> wrapped = new ArrayList<>();
    for (Text[] row : rows) {
      int last = row.length - 1;
      Text[] cells = row.clone();
      for (String line : lines(row[last].plainString(), width - BEFORE_DESCRIPTION)) {
        cells[last] = colorScheme().text(line);
        wrapped.add(cells);
        cells = new Text[row.length];
        Arrays.fill(cells, colorScheme().text(""));
      }
    }
    return wrapped.toArray(Text[][]::new);
  }
}
