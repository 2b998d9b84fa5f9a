/**
 * From labelled rows to measurements: the two passes over the features of a data set that give
 * every metric and every kind of evidence, whoever hands the rows over.
 */
package org.collapse4j.evaluation;
