/** Observations and the destinations they are written to. */
package org.collapse4j.log;
