/**
 * Journal to table, whole or up to a sequence or an instant. Runs on the calling thread and owns
 * the table it builds.
 */
package org.pfsyncd.replay;
