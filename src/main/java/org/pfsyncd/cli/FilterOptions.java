package org.pfsyncd.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.pfsyncd.control.StateFilter;
import picocli.CommandLine.Option;

/** Which states: the options that {@code states}, {@code save} and {@code clear} share. */
final class FilterOptions {
    private static final int USAGE = 2;

    @Option(names = "--creator", paramLabel = "HEX", description = "Only states of this creatorid.")
    private String creator = "0";

    @Option(names = "--id", paramLabel = "HEX", description = "Only the states with this id.")
    private String id = "0";

    @Option(
            names = "--interface",
            paramLabel = "NAME",
            description = "Only states bound to this interface.")
    private String ifname;

    @Option(
            names = "--proto",
            paramLabel = "NUMBER",
            description = "Only states of this IP protocol.")
    private int proto;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Only states with this address in a key.")
    private String address;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Only states with this port in a key.")
    private int port;

    StateFilter filter() {
        try {
            return new StateFilter(
                    Integer.parseUnsignedInt(creator, 16),
                    Long.parseUnsignedLong(id, 16),
                    ifname,
                    proto,
                    address == null ? null : InetAddress.getByName(address).getAddress(),
                    port);
        } catch (NumberFormatException e) {
            throw new Failure(USAGE, "not a hexadecimal number: " + e.getMessage());
        } catch (UnknownHostException e) {
            throw new Failure(USAGE, address + " is not a numeric address");
        }
    }
}
