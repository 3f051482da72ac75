/**
 * The verb {@code bench}: scenarios, each with the floor of the machine measured in the same run,
 * and the processes they start. What the daemon does not need; it never loads a class of it.
 */
package org.pfsyncd.bench;
