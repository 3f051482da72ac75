package org.pfsyncd.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.PeerRecord;
import org.pfsyncd.wire.StateRecord;

/**
 * Reads what {@link SavedStateWriter} writes, and trusts none of it: every field is known, given
 * once, and within its range, or the state is refused. Owned by the thread that calls it.
 */
public final class SavedStateReader {
    private static final int IFNAME_LIMIT = 15;
    private static final int ADDRESS_LENGTH = 16;
    private static final BigInteger U64_LIMIT = BigInteger.ONE.shiftLeft(64);
    private static final String[] REQUIRED = {
        "id",
        "creatorid",
        "ifname",
        "af",
        "proto",
        "direction",
        "wire",
        "stack",
        "src",
        "dst",
        "timeout",
        "created_ms"
    };

    private final NameTable names;
    private final Set<String> seen = new HashSet<>();
    private final byte[] address = new byte[ADDRESS_LENGTH];
    private final UnsafeBuffer addressBuffer = new UnsafeBuffer(address);
    private final UnsafeBuffer nameBuffer = new UnsafeBuffer(new byte[0]);
    private int wireFamily;
    private int stackFamily;

    public SavedStateReader(NameTable names) {
        this.names = names;
    }

    /**
     * Reads one object; the parser stands on its first brace, and on its last one afterwards.
     *
     * @throws BadStateException if the state is refused; the parser stands somewhere within.
     * @throws IOException if this is not JSON.
     */
    public void read(JsonParser json, StateRecord into) throws IOException, BadStateException {
        into.clear();
        seen.clear();
        wireFamily = 0;
        stackFamily = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (!seen.add(name)) {
                throw new BadStateException("\"" + name + "\" stands there twice");
            }
            field(json, name, into);
        }
        for (String name : REQUIRED) {
            if (!seen.contains(name)) {
                throw new BadStateException("\"" + name + "\" is missing");
            }
        }
        complete(into);
    }

    private void field(JsonParser json, String name, StateRecord into)
            throws IOException, BadStateException {
        SavedNumbers.Range<StateRecord> range = SavedNumbers.STATE.get(name);
        if (range != null) {
            range.setter().set(into, number(json, name, range.least(), range.most()));
            return;
        }
        switch (name) {
            case "id" -> into.id(hex(json, name, 16));
            case "creatorid" -> into.creatorId(creatorId(json));
            case "af" -> into.wireAf(family(json, name));
            case "stack_af" -> into.stackAf(family(json, name));
            case "rt_af" -> into.rtAf(family(json, name));
            case "direction" -> into.direction(direction(json));
            case "wire" -> wireFamily = key(json, name, into, StateRecord.WIRE_ADDR0_OFFSET);
            case "stack" -> stackFamily = key(json, name, into, StateRecord.STACK_ADDR0_OFFSET);
            case "src" -> peer(json, name, into.src());
            case "dst" -> peer(json, name, into.dst());
            case "rt_addr" -> route(json, name, into);
            case "rt_addr_raw" -> rawRoute(json, name, into);
            case "packets" -> {
                json.nextToken();
                into.packets0(unsigned(json, name)).packets1(second(json, name));
            }
            case "bytes" -> {
                json.nextToken();
                into.bytes0(unsigned(json, name)).bytes1(second(json, name));
            }
            case "set_prio" -> {
                int[] pair = pair(json, name, 0xFF);
                into.setPrio0(pair[0]).setPrio1(pair[1]);
            }
            case "rdomain" -> {
                int[] pair = pair(json, name, 0xFFFF);
                into.wireRdomain(pair[0]).stackRdomain(pair[1]);
            }
            default -> word(json, name, into);
        }
    }

    private void word(JsonParser json, String name, StateRecord into)
            throws IOException, BadStateException {
        switch (name) {
            case "ifname" -> into.ifname(name(json, name, IFNAME_LIMIT));
            case "rt_ifname" -> into.rtIfname(name(json, name, IFNAME_LIMIT));
            case "orig_ifname" -> into.origIfname(name(json, name, IFNAME_LIMIT));
            case "tag" -> into.tag(name(json, name, NameTable.NAME_LENGTH_LIMIT));
            case "realm" -> into.realm(name(json, name, NameTable.NAME_LENGTH_LIMIT));
            case "origin" -> into.originNode(name(json, name, NameTable.NAME_LENGTH_LIMIT));
            case "dialect" -> into.dialect(dialect(json));
            case "confirmed" -> into.marks(flag(json, name) ? StateRecord.MARK_CONFIRMED : 0);
            case "timeout_name", "rt" -> text(json, name); // for people; a number says it too
            default ->
                    throw new BadStateException(
                            "\"" + shortened(name) + "\" is no field of a saved state");
        }
    }

    /** What a missing field means, and what no field can say alone. */
    private void complete(StateRecord into) throws BadStateException {
        if (!seen.contains("stack_af")) {
            into.stackAf(into.wireAf());
        }
        if (!seen.contains("stack_proto")) {
            into.stackProto(into.wireProto());
        }
        if (!seen.contains("rtableid_reverse")) {
            into.rtableId1(into.rtableId0());
        }
        if (into.ifname() == 0) {
            throw new BadStateException("ifname=\"\"; it has 1 to 15 bytes, floating is \"all\"");
        }
        if (wireFamily != into.wireAf() || stackFamily != into.stackAf()) {
            throw new BadStateException(
                    "af="
                            + into.wireAf()
                            + " stack_af="
                            + into.stackAf()
                            + "; the addresses are of family "
                            + wireFamily
                            + " and "
                            + stackFamily);
        }
    }

    private static long number(JsonParser json, String name, long least, long most)
            throws IOException, BadStateException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            BigInteger value = json.getBigIntegerValue();
            if (value.bitLength() < Long.SIZE
                    && value.longValue() >= least
                    && value.longValue() <= most) {
                return value.longValue();
            }
        }
        throw bad(json, name, "a whole number from " + least + " to " + most);
    }

    /** Beyond 2^63 - 1 it is written as text. */
    private static long unsigned(JsonParser json, String name)
            throws IOException, BadStateException {
        try {
            BigInteger value = new BigInteger(json.getText());
            if (value.signum() >= 0 && value.compareTo(U64_LIMIT) < 0) {
                return value.longValue();
            }
        } catch (NumberFormatException e) {
            throw bad(json, name, "two counts, each from 0 to 18446744073709551615");
        }
        throw bad(json, name, "two counts, each from 0 to 18446744073709551615");
    }

    private static long second(JsonParser json, String name) throws IOException, BadStateException {
        json.nextToken();
        long value = unsigned(json, name);
        endOfPair(json, name);
        return value;
    }

    private static int[] pair(JsonParser json, String name, int most)
            throws IOException, BadStateException {
        json.nextToken();
        int first = (int) number(json, name, 0, most);
        json.nextToken();
        int[] pair = {first, (int) number(json, name, 0, most)};
        endOfPair(json, name);
        return pair;
    }

    private static void endOfPair(JsonParser json, String name)
            throws IOException, BadStateException {
        if (json.nextToken() != JsonToken.END_ARRAY) {
            throw bad(json, name, "an array of two numbers");
        }
    }

    private static long hex(JsonParser json, String name, int digits)
            throws IOException, BadStateException {
        String text = text(json, name);
        if (!text.matches("[0-9a-fA-F]{1," + digits + "}")) {
            throw bad(json, name, "1 to " + digits + " hexadecimal digits");
        }
        return Long.parseUnsignedLong(text, 16);
    }

    private static int creatorId(JsonParser json) throws IOException, BadStateException {
        int value = (int) hex(json, "creatorid", 8);
        if (value == 0) {
            throw bad(json, "creatorid", "never 0");
        }
        return value;
    }

    private static int family(JsonParser json, String name) throws IOException, BadStateException {
        long value = number(json, name, 4, 6);
        if (value == 5) {
            throw bad(json, name, "4 or 6");
        }
        return (int) value;
    }

    private static int direction(JsonParser json) throws IOException, BadStateException {
        return switch (text(json, "direction")) {
            case "in" -> 1;
            case "out" -> 2;
            case "inout" -> 0;
            default -> throw bad(json, "direction", "in, out or inout");
        };
    }

    private static int dialect(JsonParser json) throws IOException, BadStateException {
        String label = text(json, "dialect");
        for (Dialect dialect : Dialect.values()) {
            if (dialect.label().equals(label) && dialect.stateLength() > 0) {
                return dialect.ordinal();
            }
        }
        throw bad(json, "dialect", "v6, 1301, 1400 or 1500");
    }

    private static boolean flag(JsonParser json, String name)
            throws IOException, BadStateException {
        if (!json.currentToken().isBoolean()) {
            throw bad(json, name, "true or false");
        }
        return json.getBooleanValue();
    }

    private static String text(JsonParser json, String name) throws IOException, BadStateException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw bad(json, name, "text");
        }
        return json.getText();
    }

    private int name(JsonParser json, String name, int longest)
            throws IOException, BadStateException {
        String text = text(json, name);
        boolean isLatin = text.chars().allMatch(c -> c > 0 && c <= 0xFF);
        if (!isLatin || text.length() > longest) {
            throw bad(json, name, "at most " + longest + " bytes without NUL");
        }
        byte[] field =
                java.util.Arrays.copyOf(
                        text.getBytes(StandardCharsets.ISO_8859_1), text.length() + 1);
        nameBuffer.wrap(field);
        int id = names.intern(nameBuffer, 0, field.length);
        if (id < 0) {
            throw bad(json, name, "one of fewer than 65,535 different names");
        }
        return id;
    }

    private int key(JsonParser json, String name, StateRecord into, int addr0)
            throws IOException, BadStateException {
        object(json, name);
        int[] families = new int[2];
        int ports = 0;
        boolean isWire = addr0 == StateRecord.WIRE_ADDR0_OFFSET;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String part = name + "." + json.currentName();
            int end = part.endsWith("1") ? 1 : 0;
            json.nextToken();
            if (part.endsWith(".addr0") || part.endsWith(".addr1")) {
                families[end] = address(json, part);
                into.address(addr0 + end * ADDRESS_LENGTH, addressBuffer, 0);
            } else if (part.endsWith(".port0") || part.endsWith(".port1")) {
                ports |= 1 << end;
                port(into, isWire, end, (int) number(json, part, 0, 0xFFFF));
            } else {
                throw new BadStateException("\"" + shortened(part) + "\" is no field of a key");
            }
        }
        if (families[0] == 0 || families[0] != families[1] || ports != 3) {
            throw new BadStateException(
                    name + " needs addr0, port0, addr1 and port1, both addresses of one family");
        }
        return families[0];
    }

    private static void port(StateRecord into, boolean isWire, int end, int port) {
        if (isWire && end == 0) {
            into.wirePort0(port);
        } else if (isWire) {
            into.wirePort1(port);
        } else if (end == 0) {
            into.stackPort0(port);
        } else {
            into.stackPort1(port);
        }
    }

    private int address(JsonParser json, String name) throws IOException, BadStateException {
        int family = AddressParser.parse(text(json, name), address);
        if (family == 0) {
            throw bad(json, name, "a numeric address");
        }
        return family;
    }

    private void route(JsonParser json, String name, StateRecord into)
            throws IOException, BadStateException {
        address(json, name);
        if (!seen.contains("rt_addr_raw")) {
            into.address(StateRecord.RT_ADDR_OFFSET, addressBuffer, 0);
        }
    }

    private static void rawRoute(JsonParser json, String name, StateRecord into)
            throws IOException, BadStateException {
        String text = text(json, name);
        if (!text.matches("[0-9a-fA-F]{32}")) {
            throw bad(json, name, "32 hexadecimal digits");
        }
        byte[] raw = java.util.HexFormat.of().parseHex(text);
        into.address(StateRecord.RT_ADDR_OFFSET, new UnsafeBuffer(raw), 0);
    }

    private static void peer(JsonParser json, String name, PeerRecord into)
            throws IOException, BadStateException {
        object(json, name);
        int count = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String part = json.currentName();
            SavedNumbers.Range<PeerRecord> range = SavedNumbers.PEER.get(part);
            if (range == null) {
                throw new BadStateException(
                        "\"" + name + "." + shortened(part) + "\" is no field of a peer");
            }
            json.nextToken();
            range.setter().set(into, number(json, name + "." + part, range.least(), range.most()));
            count++;
        }
        if (count < SavedNumbers.PEER.size()) {
            throw new BadStateException(
                    name + " has " + count + " fields of " + SavedNumbers.PEER.size());
        }
    }

    private static void object(JsonParser json, String name) throws IOException, BadStateException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw bad(json, name, "an object");
        }
    }

    private static BadStateException bad(JsonParser json, String name, String wanted)
            throws IOException {
        String value = json.currentToken() == null ? "nothing" : json.getText();
        return new BadStateException(name + "=" + shortened(value) + "; it must be " + wanted);
    }

    private static String shortened(String text) {
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > 40 ? printable.substring(0, 40) + "..." : printable;
    }
}
