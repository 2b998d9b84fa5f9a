/** Statistics of labelled feature vectors, gathered in one pass and mergeable. */
package org.collapse4j.stats;
