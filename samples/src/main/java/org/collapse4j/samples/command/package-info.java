/** The commands of the command line, one class each. */
package org.collapse4j.samples.command;
