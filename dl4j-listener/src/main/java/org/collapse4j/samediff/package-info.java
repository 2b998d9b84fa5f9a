/** Measuring a SameDiff graph while it trains. */
package org.collapse4j.samediff;
