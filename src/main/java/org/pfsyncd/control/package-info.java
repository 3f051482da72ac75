/**
 * The Unix socket that operators' tools ask: one JSON request a line, answers as JSON lines. A
 * virtual thread serves each connection; what belongs to the sync agent is asked of it in bounded
 * slices through {@code ControlNode}.
 */
package org.pfsyncd.control;
