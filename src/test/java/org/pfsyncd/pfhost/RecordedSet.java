package org.pfsyncd.pfhost;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.capture.CapturedPacket;
import org.pfsyncd.capture.PacketKind;
import org.pfsyncd.net.SilentPort;
import org.pfsyncd.support.JsonTree;
import org.pfsyncd.text.StateJson;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * One recording of FreeBSD 12.1: its packets, its listings; times in seconds of its first packet.
 */
final class RecordedSet {
    private static final Path ROOT = Path.of("src/test/resources/captures/freebsd-12.1");
    private static final int PFSYNC = 240;

    final String name;
    final List<Packet> packets = new ArrayList<>();
    private final Path folder;
    private double startS;

    /** A packet as it was on the wire. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Packet(double atS, String source, int ttl, byte[] payload) {}

    RecordedSet(String name) {
        this.name = name;
        folder = ROOT.resolve(name);
        try (CaptureReader reader = CaptureReader.open(folder.resolve(name + ".pcap"))) {
            CapturedPacket packet;
            while ((packet = reader.next()) != null) {
                if (startS == 0) {
                    startS = packet.timestampNs() / 1e9;
                }
                if (packet.kind() == PacketKind.COMPLETE && packet.protocol() == PFSYNC) {
                    add(packet);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private void add(CapturedPacket packet) throws IOException {
        byte[] payload = new byte[packet.payload().capacity()];
        packet.payload().getBytes(0, payload);
        byte[] source = Arrays.copyOf(packet.source(), packet.addressLength());
        packets.add(
                new Packet(
                        packet.timestampNs() / 1e9 - startS,
                        InetAddress.getByAddress(source).getHostAddress(),
                        packet.ttl(),
                        payload));
    }

    /** What a host sent, as the descriptions write it, without the end mark. */
    List<String> sections(String source) {
        Talk talk = new Talk(new SilentPort(), () -> 0);
        for (Packet packet : packets) {
            if (packet.source.equals(source)) {
                talk.send(new UnsafeBuffer(packet.payload), 0, packet.payload.length);
            }
        }
        return talk.sections();
    }

    /** Listings of a host, by name, in order. */
    Map<String, List<Map<String, Object>>> listings(String host) {
        Map<String, List<Map<String, Object>>> all = new LinkedHashMap<>();
        for (Map<String, Object> state : lines("states.jsonl")) {
            if (state.get("host").equals(host)) {
                all.computeIfAbsent((String) state.get("snapshot"), k -> new ArrayList<>())
                        .add(state);
            }
        }
        return all;
    }

    double atS(Map<String, Object> line) {
        return ((BigDecimal) line.get("t_unix")).doubleValue() - startS;
    }

    List<Map<String, Object>> lines(String file) {
        Path packed = folder.resolve(file + ".gz");
        Path path = Files.exists(packed) ? packed : folder.resolve(file);
        try (InputStream in = Files.newInputStream(path)) {
            InputStream plain = path.equals(packed) ? new GZIPInputStream(in) : in;
            String text = new String(plain.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().map(JsonTree::object).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(path.toString(), e);
        }
    }

    /** A state of a host as a listing writes it. */
    static Map<String, Object> listed(StateRecord record, NameTable names, long nowMs) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
            new StateJson(names).write(json, record, nowMs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return JsonTree.object(line.toString());
    }

    /** A listed state as a record of a host. */
    static StateRecord record(Map<String, Object> listed, PfHost host) {
        StateRecord record = new HostState().record.clear();
        int af = number(listed, "af");
        int proto = number(listed, "proto");
        key(record, map(listed, "wire"), StateRecord.WIRE_ADDR0_OFFSET);
        key(record, map(listed, "stack"), StateRecord.STACK_ADDR0_OFFSET);
        long nowMs = host.uptimeMs();
        long life = host.settings().timeouts[number(listed, "timeout")];
        peer(map(listed, "src"), record.src());
        peer(map(listed, "dst"), record.dst());
        return record.id(Long.parseUnsignedLong((String) listed.get("id"), 16))
                .creatorId(Integer.parseUnsignedInt((String) listed.get("creatorid"), 16))
                .ifname(host.names().intern((String) listed.get("ifname")))
                .wireAf(af)
                .stackAf(af)
                .wireProto(proto)
                .stackProto(proto)
                .direction(listed.get("direction").equals("in") ? 1 : 2)
                .rule(number(listed, "rule"))
                .timeout(number(listed, "timeout"))
                .createdAtMs(nowMs - number(listed, "creation") * 1000L)
                .lastActivityMs(nowMs - (life - number(listed, "expire")) * 1000L);
    }

    private static void key(StateRecord record, Map<String, Object> key, int at) {
        record.address(at, address(key, "addr0"), 0).address(at + 16, address(key, "addr1"), 0);
        int port0 = number(key, "port0");
        int port1 = number(key, "port1");
        if (at == StateRecord.WIRE_ADDR0_OFFSET) {
            record.wirePort0(port0).wirePort1(port1);
        } else {
            record.stackPort0(port0).stackPort1(port1);
        }
    }

    private static UnsafeBuffer address(Map<String, Object> key, String field) {
        byte[] bytes = InetAddress.ofLiteral((String) key.get(field)).getAddress();
        return new UnsafeBuffer(Arrays.copyOf(bytes, 16));
    }

    private static void peer(Map<String, Object> listed, PeerRecord peer) {
        peer.state(number(listed, "state"))
                .seqlo(((BigDecimal) listed.get("seqlo")).longValue())
                .seqhi(((BigDecimal) listed.get("seqhi")).longValue())
                .maxWin(number(listed, "max_win"))
                .wscale(number(listed, "wscale"));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Map<String, Object> in, String field) {
        return (Map<String, Object>) in.get(field);
    }

    static int number(Map<String, Object> in, String field) {
        return ((BigDecimal) in.get(field)).intValue();
    }
}
