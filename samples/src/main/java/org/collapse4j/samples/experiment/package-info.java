/** What the commands run: measuring exported features, training with probes. */
package org.collapse4j.samples.experiment;
