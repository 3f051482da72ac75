package org.pfsyncd.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one {@code [[group]]} table. Stateless. */
final class GroupReader {
    private static final String PFSYNC_GROUP = "224.0.0.240";
    private static final Pattern BULK_RATE = Pattern.compile("(\\d{1,4})/(\\S+)");
    private static final Pattern CREATOR_ID = Pattern.compile("(0x)?[0-9a-fA-F]{1,8}");

    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-fA-F]{32}");
    private static final int NAMES_LIMIT = 64;

    private GroupReader() {}

    static GroupConfig read(Section group, Machine machine) {
        String name = group.text("name", "");
        if (name.isEmpty()) {
            group.complain("name", "is missing", "give the group a name, such as name = \"lan\"");
        }
        String syncpeer = address(group, "syncpeer", PFSYNC_GROUP);
        long[] bulkRate = bulkRate(group);
        return new GroupConfig(
                name,
                syncdev(group, machine),
                syncpeer,
                address(group, "address", null),
                group.choice("role", "listen", List.of("listen", "member", "relay")),
                group.choice("dialect", "auto", List.of("auto", "v6", "1301", "1400", "1500")),
                group.choice("ack", "auto", List.of("auto", "always", "never")),
                allow(group, syncpeer),
                group.text("realm", name),
                (int) bulkRate[0],
                bulkRate[1],
                group.seconds("bulk-pace", 30, 1, 86_400),
                (int) group.number("answer-rate", 5_000, 1, 10_000_000),
                interfaces(group),
                group.seconds("silence", 300, 1, 30 * 86_400),
                group.choice("carrier", "raw", List.of("raw", "udp")),
                (int) group.number("udp-port", 2400, 1, 65_535),
                creatorId(group),
                names(group),
                relay(group));
    }

    private static String syncdev(Section group, Machine machine) {
        String syncdev = group.text("syncdev", "");
        String existing = "interfaces here: " + String.join(" ", machine.interfaces());
        if (syncdev.isEmpty()) {
            group.complain(
                    "syncdev", "is missing", "name the interface of the sync segment; " + existing);
        } else if (machine.lacksInterface(syncdev)) {
            group.complain("syncdev", "is \"" + syncdev + "\", which does not exist", existing);
        }
        return syncdev;
    }

    private static String address(Section group, String key, String fallback) {
        String address = group.text(key, fallback);
        if (address != null && !AddressForm.isAddress(address)) {
            group.complain(key, "is \"" + address + "\"", "give a numeric IPv4 or IPv6 address");
        }
        return address;
    }

    private static List<String> allow(Section group, String syncpeer) {
        boolean isSet = group.has("allow");
        List<String> allow = group.list("allow");
        for (String entry : allow) {
            if (!AddressForm.isPrefix(entry)) {
                group.complain(
                        "allow",
                        "has \"" + entry + "\"",
                        "give addresses or prefixes such as \"10.0.0.0/24\"");
            }
        }
        boolean isUnicast =
                !syncpeer.startsWith("224.")
                        && !syncpeer.toLowerCase(java.util.Locale.ROOT).startsWith("ff");
        return isSet || !isUnicast ? allow : List.of(syncpeer);
    }

    private static List<String> interfaces(Section group) {
        List<String> interfaces = group.list("interfaces");
        for (String name : interfaces) {
            if (name.isEmpty() || name.length() > 15) {
                group.complain(
                        "interfaces",
                        "has \"" + name + "\"",
                        "interface names have 1 to 15 characters");
            }
        }
        return interfaces;
    }

    private static Map<String, String> names(Section group) {
        Map<String, String> names = group.map("names");
        if (names.size() > NAMES_LIMIT || Set.copyOf(names.values()).size() < names.size()) {
            group.complain(
                    "names",
                    "has " + names.size() + " pairs, or one name for two interfaces",
                    "give at most " + NAMES_LIMIT + " pairs, one to one");
            return Map.of();
        }
        for (Map.Entry<String, String> pair : names.entrySet()) {
            if (!isInterfaceName(pair.getKey()) || !isInterfaceName(pair.getValue())) {
                group.complain(
                        "names",
                        "has \"" + pair.getKey() + "\" = \"" + pair.getValue() + "\"",
                        "interface names have 1 to 15 characters");
            }
        }
        return names;
    }

    private static boolean isInterfaceName(String name) {
        return !name.isEmpty() && name.length() <= 15;
    }

    private static RelayConfig relay(Section group) {
        RelayConfig otherwise = RelayConfig.DEFAULT;
        String fingerprint = group.text("fingerprint", otherwise.fingerprint());
        if (!FINGERPRINT.matcher(fingerprint).matches()) {
            group.complain(
                    "fingerprint",
                    "is \"" + fingerprint + "\"",
                    "give the 32 hex digits of the rule set's pfcksum");
            fingerprint = otherwise.fingerprint();
        }
        return new RelayConfig(
                (int) group.number("maxupd", otherwise.maxUpdates(), 0, 255),
                (int) group.number("mtu", otherwise.mtu(), 576, 9_000),
                (int) group.number("announce-queue", otherwise.queueLimit(), 16, 1 << 22),
                group.flag("repeat-deletes", otherwise.repeatsDeletes()),
                group.flag("announce-expired", otherwise.announcesExpired()),
                fingerprint);
    }

    /** {@code "12/10m"}: at most 12 requests at once, refilled evenly over ten minutes. */
    private static long[] bulkRate(Section group) {
        String text = group.text("bulk-rate", "12/10m");
        Matcher matcher = BULK_RATE.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            long seconds = Units.seconds(matcher.group(2)).orElse(0);
            if (count > 0 && seconds > 0) {
                return new long[] {count, seconds};
            }
        }
        group.complain(
                "bulk-rate",
                "is \"" + text + "\"",
                "give requests and a duration, such as \"12/10m\"");
        return new long[] {12, 600};
    }

    private static int creatorId(Section group) {
        String text = group.text("creatorid", null);
        if (text == null) {
            return 0;
        }
        if (!CREATOR_ID.matcher(text).matches()) {
            group.complain(
                    "creatorid",
                    "is \"" + text + "\"",
                    "give up to 8 hex digits, such as \"a1b2c3d4\"");
            return 0;
        }
        return Integer.parseUnsignedInt(text.startsWith("0x") ? text.substring(2) : text, 16);
    }
}
