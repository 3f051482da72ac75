package org.pfsyncd.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "fd00:1::10",
                "2001:db8::1:0:0:1",
                "2001:db8:0:1:1:1:1:1",
                "2001:0:0:1::1",
                "ff12::f0",
                "64:ff9b::c633:640a",
                "1:2:3:4:5:6:7:8",
                "0:1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:0",
                "::ffff:192.0.2.1",
                "::192.0.2.1",
                "fe80::abcd:ef01:2345:6789"
            })
    void shouldPrintAsInetNtop(String address) throws UnknownHostException {
        assertEquals(address, print(bytes(address)));
    }

    @Property(tries = 500)
    void shouldReadBackAsTheSameAddress(@ForAll @Size(8) short[] groups)
            throws UnknownHostException {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
        for (int i = 0; i < 8; i++) {
            // Every second value is made zero so that runs appear.
            buffer.putShort(2 * i, (groups[i] & 1) == 0 ? 0 : groups[i]);
        }
        assertArrayEquals(buffer.byteArray(), bytes(print(buffer.byteArray())));
    }

    private static String print(byte[] address) {
        StringBuilder out = new StringBuilder();
        AddressText.append(out, 6, new UnsafeBuffer(address), 0);
        return out.toString();
    }

    /** InetAddress turns a mapped address into four bytes. */
    private static byte[] bytes(String text) throws UnknownHostException {
        byte[] address = InetAddress.getByName(text).getAddress();
        if (address.length == 16) {
            return address;
        }
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xFF;
        System.arraycopy(address, 0, mapped, 12, 4);
        return mapped;
    }
}
