/** What is measured: the vocabulary of metrics, and the pure functions that compute them. */
package org.collapse4j.metric;
