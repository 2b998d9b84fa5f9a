/** The command line, the experiments and the benchmarks. */
package org.collapse4j.samples;
