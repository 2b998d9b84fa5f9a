/**
 * What measuring a network in training takes, whichever library trains it: gathering, naming
 * classes and keeping failures away. For the listeners of this project; not meant to be used on its
 * own, and free to change.
 */
package org.collapse4j.measure;
