/**
 * How states and messages are shown to people and scripts: the lines of pfctl and tcpdump, and JSON
 * with the field names of the recordings. For tools and the admin path, on the caller's thread.
 */
package org.pfsyncd.text;
