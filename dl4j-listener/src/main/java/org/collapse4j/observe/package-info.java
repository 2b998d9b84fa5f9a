/**
 * When a model in training is observed, what is measured of it and where observations go, whichever
 * library trains it. For the listeners of this project; not meant to be used on its own, and free
 * to change.
 */
package org.collapse4j.observe;
