/**
 * A member of one pfsync segment: who is heard, what is asked for, what is acknowledged. No thread
 * and no clock of its own: the sync agent calls it and passes the time.
 */
package org.pfsyncd.group;
