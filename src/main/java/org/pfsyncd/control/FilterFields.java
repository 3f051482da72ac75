package org.pfsyncd.control;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The fields of a {@link StateFilter} in a request, read one by one and refused by name. Owned by
 * the thread that serves the connection.
 */
final class FilterFields {
    private static final int ID_DIGITS = 16;
    private static final int CREATOR_ID_DIGITS = 8;
    private static final int IPV4_DIGITS = 8;
    private static final int IPV6_DIGITS = 32;

    private int creatorId;
    private long id;
    private String ifname;
    private int proto;
    private byte[] address;
    private int port;

    /**
     * Takes the field that the parser stands on; false if it is none of a filter.
     *
     * @throws IllegalArgumentException if the value is none for this field.
     */
    boolean set(String name, JsonParser value) throws IOException {
        switch (name) {
            case "creatorid" -> creatorId = (int) hex(name, value.getText(), CREATOR_ID_DIGITS);
            case "id" -> id = hex(name, value.getText(), ID_DIGITS);
            case "ifname" -> ifname = value.getText();
            case "proto" -> proto = value.getIntValue();
            case "port" -> port = value.getIntValue();
            case "address" -> address = address(value.getText());
            default -> {
                return false;
            }
        }
        return true;
    }

    private static long hex(String name, String text, int digits) {
        if (!text.matches("[0-9A-Fa-f]{1," + digits + "}")) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "\"%s\" is \"%s\"; give 1 to %d hexadecimal digits",
                            name,
                            text,
                            digits));
        }
        return Long.parseUnsignedLong(text, 16);
    }

    private static byte[] address(String text) {
        boolean isAddress =
                (text.length() == IPV4_DIGITS || text.length() == IPV6_DIGITS)
                        && text.matches("[0-9A-Fa-f]+");
        if (!isAddress) {
            throw new IllegalArgumentException(
                    "\"address\" is \""
                            + text
                            + "\"; give 8 hexadecimal digits for IPv4, 32 for IPv6");
        }
        return HexFormat.of().parseHex(text);
    }

    StateFilter filter() {
        return new StateFilter(creatorId, id, ifname, proto, address, port);
    }

    static void write(JsonGenerator json, StateFilter filter) throws IOException {
        json.writeStringField("creatorid", String.format(Locale.ROOT, "%08x", filter.creatorId()));
        json.writeStringField("id", String.format(Locale.ROOT, "%016x", filter.id()));
        if (filter.ifname() != null) {
            json.writeStringField("ifname", filter.ifname());
        }
        json.writeNumberField("proto", filter.proto());
        json.writeNumberField("port", filter.port());
        if (filter.address() != null) {
            json.writeStringField("address", HexFormat.of().formatHex(filter.address()));
        }
    }
}
