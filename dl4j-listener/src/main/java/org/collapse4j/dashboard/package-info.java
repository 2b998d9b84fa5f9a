/** One HTML page that shows whether the classes of a log's runs collapse, memorize and dilate. */
package org.collapse4j.dashboard;
