package org.pfsyncd.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureReaderTest {
    private static final byte[] PAYLOAD = HexFormat.of().parseHex("0600001400112233");
    private static final byte[] IPV4 =
            HexFormat.of()
                    .parseHex("4510001c00004000fff00000c0000201e00000f0" + "0600001400112233");
    private static final byte[] IPV6 =
            HexFormat.of()
                    .parseHex(
                            "610000000008f0ff"
                                    + "20010db8000000000000000000000001"
                                    + "ff1200000000000000000000000000f0"
                                    + "0600001400112233");

    @Test
    void shouldReadBothByteOrdersAndUnits() throws IOException {
        for (ByteOrder order : new ByteOrder[] {BIG_ENDIAN, LITTLE_ENDIAN}) {
            assertIpv4(only(classic(order, 0xA1B2C3D4, 101, IPV4)), 1_000_000_123_000L);
            assertIpv4(only(classic(order, 0xA1B23C4D, 101, IPV4)), 1_000_000_000_123L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0000000000000000000000000800",
        "1, 00000000000000000000000081000005 0800",
        "1, 000000000000000000000000 88a80001 81000002 0800",
        "113, 0000 0001 0006 000000000000 0000 0800",
        "276, 0800 0000 00000001 0001 00 06 0000000000000000",
        "0, 02000000",
        "0, 00000002",
        "108, 00000002",
        "12, ''",
        "14, ''",
        "101, ''",
        "228, ''"
    })
    void shouldFindIpv4BehindEachLinkHeader(int linkType, String header) throws IOException {
        byte[] link = HexFormat.of().parseHex(header.replace(" ", ""));
        byte[] frame = join(link, IPV4, new byte[18]);
        assertIpv4(only(classic(BIG_ENDIAN, 0xA1B23C4D, linkType, frame)), 1_000_000_000_123L);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 00000000000000000000000086dd",
        "0, 18000000",
        "0, 1c000000",
        "108, 0000001e",
        "101, ''",
        "229, ''"
    })
    void shouldFindIpv6BehindEachLinkHeader(int linkType, String header) throws IOException {
        byte[] frame = join(HexFormat.of().parseHex(header), IPV6);
        CapturedPacket packet = only(classic(BIG_ENDIAN, 0xA1B23C4D, linkType, frame));
        assertEquals(PacketKind.COMPLETE, packet.kind());
        assertEquals(16, packet.addressLength());
        assertEquals(255, packet.ttl());
        assertEquals(240, packet.protocol());
        assertPayload(packet);
    }

    @ParameterizedTest
    @ValueSource(ints = {246, 18, 121})
    void shouldReadWhatPfsync0Shows(int linkType) throws IOException {
        CapturedPacket packet = only(classic(BIG_ENDIAN, 0xA1B23C4D, linkType, PAYLOAD));
        assertEquals(PacketKind.COMPLETE, packet.kind());
        assertEquals(240, packet.protocol());
        assertEquals(0, packet.addressLength());
        assertEquals(-1, packet.ttl());
        assertPayload(packet);
    }

    @Test
    void shouldStepOverOptionsAndExtensionHeaders() throws IOException {
        byte[] withOptions = join(Arrays.copyOf(IPV4, 20), new byte[4], PAYLOAD);
        withOptions[0] = 0x46;
        withOptions[3] = 32;
        assertPayload(only(classic(BIG_ENDIAN, 0xA1B23C4D, 101, withOptions)));

        byte[] extensions =
                HexFormat.of()
                        .parseHex(
                                "3c00000000000000"
                                        + "3300000000000000"
                                        + "2c02"
                                        + "000000000000"
                                        + "0000000000000000"
                                        + "f000000000000007");
        byte[] withExtensions =
                join(Arrays.copyOf(IPV6, 40), extensions, Arrays.copyOfRange(IPV6, 40, 48));
        withExtensions[5] = (byte) (extensions.length + 8);
        withExtensions[6] = 0;
        CapturedPacket packet = only(classic(BIG_ENDIAN, 0xA1B23C4D, 101, withExtensions));
        assertEquals(PacketKind.COMPLETE, packet.kind());
        assertEquals(240, packet.protocol());
        assertPayload(packet);
    }

    @Test
    void shouldReportFragmentsAndCutPackets() throws IOException {
        byte[] first = IPV4.clone();
        first[6] = 0x20;
        assertEquals(PacketKind.FRAGMENT, kind(first));
        byte[] later = IPV4.clone();
        later[7] = 1;
        assertEquals(PacketKind.FRAGMENT, kind(later));
        CapturedPacket cut = only(classic(BIG_ENDIAN, 0xA1B23C4D, 101, Arrays.copyOf(IPV4, 25)));
        assertEquals(PacketKind.TRUNCATED, cut.kind());
        assertEquals(5, cut.payload().capacity());
        assertEquals(8, cut.sentLength());
    }

    @Test
    void shouldReportHeadersThatContradictThemselves() throws IOException {
        byte[] shortHeader = IPV4.clone();
        shortHeader[0] = 0x44;
        assertEquals(PacketKind.MALFORMED, kind(shortHeader));
        byte[] longHeader = IPV4.clone();
        longHeader[0] = 0x4F;
        assertEquals(PacketKind.MALFORMED, kind(longHeader));
        byte[] shortTotal = IPV4.clone();
        shortTotal[3] = 19;
        assertEquals(PacketKind.MALFORMED, kind(shortTotal));
        assertEquals(PacketKind.MALFORMED, kind(Arrays.copyOf(IPV4, 19)));
        assertEquals(PacketKind.MALFORMED, kind(Arrays.copyOf(IPV6, 39)));
        assertEquals(PacketKind.MALFORMED, kind(new byte[0]));
        byte[] endless = IPV6.clone();
        endless[6] = 0;
        endless[41] = (byte) 0xFF;
        assertEquals(PacketKind.MALFORMED, kind(endless));
    }

    @Test
    void shouldReadPcapngWithSeveralInterfacesAndSections() throws IOException {
        byte[] ethernet = join(new byte[12], new byte[] {8, 0}, IPV4);
        byte[] capture =
                join(
                        new Pcapng(LITTLE_ENDIAN)
                                .section()
                                .described(1, 0, -1)
                                .unknown(0x0BAD, 20)
                                .described(101, 0, 9)
                                .enhanced(1, 1_000_000_000_123L, IPV4, IPV4.length)
                                .enhanced(0, 1_000_000_123L, ethernet, ethernet.length)
                                .bytes(),
                        new Pcapng(BIG_ENDIAN)
                                .section()
                                .described(246, 6, 0x80 | 10)
                                .enhanced(0, 1024 * 3 + 512, PAYLOAD, 8)
                                .simple(Arrays.copyOf(PAYLOAD, 6), 8)
                                .bytes());
        try (CaptureReader reader = open(capture)) {
            assertIpv4(reader.next(), 1_000_000_000_123L);
            assertIpv4(reader.next(), 1_000_000_123_000L);
            CapturedPacket third = reader.next();
            assertEquals(3_500_000_000L, third.timestampNs());
            assertPayload(third);
            CapturedPacket fourth = reader.next();
            assertEquals(PacketKind.TRUNCATED, fourth.kind());
            assertEquals(8, fourth.sentLength());
            assertNull(reader.next());
            assertNull(reader.note());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "6, 1234567, 1234567000",
        "9, 1234567, 1234567",
        "0, 2, 2000000000",
        "12, 1234567890, 1234567",
        "140, 8193, 2000244140",
        "191, -1, 1999999999"
    })
    void shouldScaleTicksByTheirResolution(int resolution, long ticks, long expectedNs) {
        PcapngInterface description = new PcapngInterface(1, 0);
        description.resolution(resolution);
        assertEquals(expectedNs, description.nanos(ticks));
    }

    @Test
    void shouldEndWithANoteWhereTheLastPacketIsCut() throws IOException {
        byte[] whole = join(classic(BIG_ENDIAN, 0xA1B23C4D, 101, IPV4), record(BIG_ENDIAN, IPV4));
        for (int length = 24 + 16 + IPV4.length + 1; length < whole.length; length++) {
            try (CaptureReader reader = open(Arrays.copyOf(whole, length))) {
                assertNotNull(reader.next());
                assertNull(reader.next());
                assertTrue(reader.note().startsWith("test.pcap: offset "), reader.note());
                assertNull(reader.next(), "stays at the end");
            }
        }
    }

    @Test
    void shouldReadGzipEvenWhenItsEndIsMissing() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(classic(BIG_ENDIAN, 0xA1B23C4D, 101, IPV4));
        }
        assertIpv4(only(packed.toByteArray()), 1_000_000_000_123L);
        byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() - 4);
        try (CaptureReader reader = open(cut)) {
            assertIpv4(reader.next(), 1_000_000_000_123L);
            assertNull(reader.next());
        }
    }

    @Test
    void shouldNameFileOffsetValueAndLimitOfAHostileLength() throws IOException {
        byte[] huge = classic(LITTLE_ENDIAN, 0xA1B2C3D4, 101, IPV4);
        ByteBuffer.wrap(huge).order(LITTLE_ENDIAN).putInt(24 + 8, 262_145);
        assertEquals(
                "test.pcap: offset 32: packet of 262145 bytes, limit is 262144", message(huge));
        byte[] block = new Pcapng(BIG_ENDIAN).section().described(101, 0, -1).bytes();
        ByteBuffer.wrap(block).putInt(28 + 4, 11);
        assertEquals(
                "test.pcap: offset 32: block of 11 bytes, not a multiple of 4 of at least 12",
                message(block));
        byte[] noInterface = new Pcapng(BIG_ENDIAN).section().enhanced(0, 0, IPV4, 28).bytes();
        assertEquals(
                "test.pcap: offset 36: packet of interface 0, 0 were described",
                message(noInterface));
        byte[] lying =
                new Pcapng(BIG_ENDIAN)
                        .section()
                        .described(101, 0, -1)
                        .enhanced(0, 0, IPV4, 28)
                        .bytes();
        ByteBuffer.wrap(lying).putInt(48 + 20, 29);
        assertEquals("test.pcap: offset 68: packet of 29 bytes, limit is 28", message(lying));
    }

    @Test
    void shouldRefuseWhatIsNoCapture() {
        assertTrue(message(new byte[0]).contains("0 of 4 bytes; this is no capture"));
        assertTrue(message(new byte[64]).contains("neither pcap nor pcapng"));
        assertTrue(message(HexFormat.of().parseHex("a1b2cd34")).contains("editcap"));
        assertTrue(message(classic(BIG_ENDIAN, 0xA1B2C3D4, 105, IPV4)).contains("link type 105"));
        CaptureException missing =
                assertThrows(
                        CaptureException.class, () -> CaptureReader.open(Path.of("nosuch.pcap")));
        assertEquals("nosuch.pcap: no such file", missing.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {LinkType.RAW_IP, LinkType.ETHERNET})
    void shouldReadBackWhatTheWriterWrote(int linkType) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        byte[] long4 = {10, 0, 0, 1};
        byte[] long16 = Arrays.copyOfRange(IPV6, 8, 24);
        try (CaptureWriter writer = new CaptureWriter(file, linkType)) {
            CapturedPacket packet = new CapturedPacket().ttl(255).protocol(240);
            packet.payload(new UnsafeBuffer(PAYLOAD), 0, PAYLOAD.length);
            writer.write(packet.timestampNs(1_000_000_000_123L).addresses(long4, long4));
            writer.write(packet.timestampNs(5).addresses(long16, long16));
        }
        try (CaptureReader reader = open(file.toByteArray())) {
            CapturedPacket first = reader.next();
            assertEquals(1_000_000_000_123L, first.timestampNs());
            assertArrayEquals(long4, Arrays.copyOf(first.source(), 4));
            assertPayload(first);
            CapturedPacket second = reader.next();
            assertEquals(5, second.timestampNs());
            assertArrayEquals(long16, second.destination());
            assertEquals(255, second.ttl());
            assertPayload(second);
            assertNull(reader.next());
        }
    }

    private static PacketKind kind(byte[] ip) throws IOException {
        return only(classic(BIG_ENDIAN, 0xA1B23C4D, 101, ip)).kind();
    }

    private static void assertIpv4(CapturedPacket packet, long timestampNs) {
        assertEquals(timestampNs, packet.timestampNs());
        assertEquals(PacketKind.COMPLETE, packet.kind());
        assertEquals(4, packet.addressLength());
        assertArrayEquals(new byte[] {(byte) 192, 0, 2, 1}, Arrays.copyOf(packet.source(), 4));
        assertArrayEquals(
                new byte[] {(byte) 224, 0, 0, (byte) 240}, Arrays.copyOf(packet.destination(), 4));
        assertEquals(255, packet.ttl());
        assertEquals(240, packet.protocol());
        assertPayload(packet);
    }

    private static void assertPayload(CapturedPacket packet) {
        byte[] bytes = new byte[packet.payload().capacity()];
        packet.payload().getBytes(0, bytes);
        assertArrayEquals(PAYLOAD, bytes);
    }

    /** Reads all packets, and the first again so that it can be looked at. */
    private static CapturedPacket only(byte[] capture) throws IOException {
        try (CaptureReader reader = open(capture)) {
            assertNotNull(reader.next());
            assertNull(reader.next());
            assertNull(reader.note());
        }
        return open(capture).next();
    }

    private static String message(byte[] capture) {
        return assertThrows(
                        CaptureException.class,
                        () -> {
                            try (CaptureReader reader = open(capture)) {
                                while (reader.next() != null) {
                                    assertNull(reader.note());
                                }
                            }
                        })
                .getMessage();
    }

    private static CaptureReader open(byte[] capture) throws IOException {
        return CaptureReader.open(new ByteArrayInputStream(capture), "test.pcap");
    }

    private static byte[] classic(ByteOrder order, int magic, int linkType, byte[] frame) {
        ByteBuffer header = ByteBuffer.allocate(24).order(order);
        header.putInt(magic).putShort((short) 2).putShort((short) 4).putLong(0);
        header.putInt(65_535).putInt(linkType);
        return join(header.array(), record(order, frame));
    }

    private static byte[] record(ByteOrder order, byte[] frame) {
        ByteBuffer record = ByteBuffer.allocate(16).order(order);
        record.putInt(1000).putInt(123).putInt(frame.length).putInt(frame.length);
        return join(record.array(), frame);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
