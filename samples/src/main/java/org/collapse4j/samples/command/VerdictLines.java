package org.collapse4j.samples.command;

import java.io.PrintWriter;
import java.util.List;
import org.collapse4j.log.RunHistory;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;

/** What the numbers of runs mean, a sentence a line. */
final class VerdictLines {
  private VerdictLines() {}

  /** Prints what is said of one run. */
  static void printRun(PrintWriter out, RunHistory run) {
    print(out, VerdictRules.ofRun(run));
  }

  /** Prints what is said of all runs together, if they are several, and then of each. */
  static void printRuns(PrintWriter out, List<RunHistory> runs) {
    print(out, VerdictRules.ofRuns(runs));
    for (RunHistory run : runs) {
      out.println();
      out.println(TextTable.oneLine(run.run()));
      printRun(out, run);
    }
  }

  private static void print(PrintWriter out, List<Verdict> verdicts) {
    verdicts.forEach(verdict -> out.println(TextTable.oneLine(verdict.text()) + "."));
  }
}
