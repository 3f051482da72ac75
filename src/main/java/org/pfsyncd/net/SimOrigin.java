package org.pfsyncd.net;

/**
 * Where a frame injected into a {@link SimNetwork} pretends to come from.
 *
 * @param source numeric address; its family is the carrier's.
 * @param ttl 0 to 255.
 * @param interfaceIndex on which it arrives.
 */
public record SimOrigin(String source, int ttl, int interfaceIndex) {}
