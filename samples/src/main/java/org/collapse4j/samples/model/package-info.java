/** The networks that the samples train. */
package org.collapse4j.samples.model;
