package org.pfsyncd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeerPortConfigTest {
    private static final int PORT = 32_000;

    private static String refusal(int protocol, int port, int mtu, int family) {
        return assertThrows(
                        PortException.class,
                        () -> new PeerPortConfig(protocol, port, null, null, mtu, family, 1))
                .getMessage();
    }

    @Test
    void shouldRefuseWhatIsOutOfRangeAndTakeWhatIsAtTheEdge() {
        assertEquals("IP protocol is 256: give 1 to 255, or 0 for UDP", refusal(256, 0, 0, 4));
        assertEquals("IP protocol is -1: give 1 to 255, or 0 for UDP", refusal(-1, 0, 0, 4));
        assertEquals("UDP port is 0: give 1 to 65535", refusal(0, 0, 0, 4));
        assertEquals("UDP port is 65536: give 1 to 65535", refusal(0, 65_536, 0, 4));
        assertTrue(refusal(255, 0, 575, 4).startsWith("MTU is 575: give 576 to 65535 bytes"));
        assertTrue(refusal(255, 0, 65_536, 6).startsWith("MTU is 65536: "));
        assertEquals("address family is 5: give 4 or 6", refusal(255, 0, 0, 5));

        new PeerPortConfig(255, 0, null, null, 576, 4, 1);
        new PeerPortConfig(0, 65_535, null, null, 65_535, 6, 1);
    }

    @Test
    void shouldRefuseAddressesItCannotSendTo() {
        PeerPortConfig four = new PeerPortConfig(0, PORT, "127.78.1.1", null, 0, 4, 1 << 16);
        try (SocketPeerPort port = SocketPeerPort.open(four)) {
            for (String bad :
                    new String[] {"localhost", "999.1.1.1", "", "::1", "fe80::g", "224.0.0.240"}) {
                PortException e = assertThrows(PortException.class, () -> port.lane(bad), bad);
                assertTrue(e.getMessage().startsWith(bad + " is "), e.getMessage());
            }
        }
        PeerPortConfig six = new PeerPortConfig(0, PORT, "::1", null, 0, 6, 1 << 16);
        try (SocketPeerPort port = SocketPeerPort.open(six)) {
            assertThrows(PortException.class, () -> port.lane("fe80::1"), "no interface");
        }
    }

    @Test
    void shouldRefuseALocalAddressOfTheOtherFamily() {
        PeerPortConfig mixed = new PeerPortConfig(0, PORT, "127.0.0.1", null, 0, 6, 1);
        PortException e =
                assertThrows(PortException.class, () -> SocketPeerPort.open(mixed).close());
        assertEquals(
                "127.0.0.1 is not an IPv6 address: give one, or change the family", e.getMessage());
    }
}
