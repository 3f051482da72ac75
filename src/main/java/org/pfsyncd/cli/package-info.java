/**
 * Holds {@code main} and the verbs, thin: each asks {@code control}, {@code replay}, {@code
 * capture} or runs the daemon.
 */
package org.pfsyncd.cli;
