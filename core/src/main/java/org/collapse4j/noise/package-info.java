/** Wrong labels: how they come about, and which ones they probably are. */
package org.collapse4j.noise;
