/**
 * The rules by which the numbers of a log become sentences, the same for everything that speaks.
 */
package org.collapse4j.verdict;
