/**
 * Wires the object graph and turns the duty cycles: the only place where threads meet. {@code
 * Daemon} builds, starts and closes; {@code SyncAgent} owns the table and the groups; the journal's
 * agent and janitor come from {@code journal}.
 */
package org.pfsyncd.agent;
