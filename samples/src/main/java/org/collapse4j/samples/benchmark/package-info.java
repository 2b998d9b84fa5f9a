/** JMH benchmarks. Each compares within one run, since machines are noisy. */
package org.collapse4j.samples.benchmark;
