/** Measuring over Apache Spark, with executors on this machine. */
package org.collapse4j.samples.spark;
