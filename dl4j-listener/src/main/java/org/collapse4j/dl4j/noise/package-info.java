/**
 * Data sets whose examples know their index and their clean label, as metadata that DL4J carries
 * along.
 */
package org.collapse4j.dl4j.noise;
