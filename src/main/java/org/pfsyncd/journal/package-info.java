/**
 * The append-only record of applied changes: a ring on tmpfs that survives the process, a Chronicle
 * Queue a process start that survives the host, and a reader that believes an end only when the
 * sequence proves it. What documents mean is not known here. The publisher belongs to the sync
 * agent, the queue to the journal agent, space to the janitor.
 */
package org.pfsyncd.journal;
