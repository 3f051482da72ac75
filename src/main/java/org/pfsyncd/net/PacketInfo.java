package org.pfsyncd.net;

/** Where a packet of a {@link PacketPort} was seen; reused, owned by the polling thread. */
public final class PacketInfo {
    int interfaceIndex;
    int etherType;
    int vlan;
    boolean isOutgoing;

    /** Index of the interface. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** EtherType behind any VLAN tag: 0x0800, 0x86DD, 0x0806. */
    public int etherType() {
        return etherType;
    }

    /** VLAN id, or -1 without a tag. */
    public int vlan() {
        return vlan;
    }

    /** Whether this host sent it. */
    public boolean isOutgoing() {
        return isOutgoing;
    }
}
