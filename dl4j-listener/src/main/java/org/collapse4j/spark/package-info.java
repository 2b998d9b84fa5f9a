/**
 * Measures a network where Apache Spark has the data: a pass runs over each partition in its
 * executor, and what is found there is merged.
 */
package org.collapse4j.spark;
