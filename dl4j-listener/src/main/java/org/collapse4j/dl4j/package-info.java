/** Measuring a Deeplearning4j network while it trains. */
package org.collapse4j.dl4j;
