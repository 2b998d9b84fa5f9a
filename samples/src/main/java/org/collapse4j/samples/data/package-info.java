/** Readers of what is trained on and measured: data sets of images, and arrays in files. */
package org.collapse4j.samples.data;
