package org.pfsyncd.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pfsyncd.capture.CaptureException;
import org.pfsyncd.capture.CaptureReader;
import org.pfsyncd.text.MessageFilter;
import org.pfsyncd.text.MessageJson;
import org.pfsyncd.text.MessagePrinter;
import org.pfsyncd.text.MessageText;
import org.pfsyncd.wire.MessageKind;
import org.pfsyncd.wire.NameTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The verb {@code decode}: prints the pfsync messages of captures. Runs on the main thread. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints the pfsync messages of a capture: pcap or pcapng, plain or gzip,"
                        + " Ethernet, Linux cooked, raw IP or pfsync0 itself. Every version that"
                        + " any system ever sent is decoded or refused by name.%n",
        footer = {
            "",
            "Examples:",
            "  pfsyncd decode -v sync.pcap",
            "  tcpdump -i em1 -U -w - proto 240 | pfsyncd decode -",
            "  pfsyncd decode --json --action INS --creator a1b2c3d4 sync.pcap.gz",
            "",
            "Times are UTC. Exit code: 0 read to the end, 1 a file cannot be read, 2 usage.",
            ""
        })
public final class DecodeCommand implements Callable<Integer> {
    private static final int NAME_LIMIT = 0xFFFE;

    @Spec private CommandSpec spec;

    /** Every verb takes {@code -c}, so that a wrapper need not know which of them read it. */
    @SuppressWarnings("UnusedVariable")
    @Mixin
    private ConfigOption config;

    @Option(names = "--json", description = "One JSON object a message and line.")
    private boolean isJson;

    @Option(
            names = {"-v", "--verbose"},
            description = "More: -v sequence numbers and ages as pfctl -v, -vv ids as pfctl -vv.")
    private boolean[] verbose = {};

    @Option(
            names = "--action",
            split = ",",
            paramLabel = "NAME",
            description = "Only these messages: ${COMPLETION-CANDIDATES}.")
    private List<MessageKind> actions = new ArrayList<>();

    @Option(
            names = "--creator",
            split = ",",
            paramLabel = "HEX",
            description = "Only messages about states of these hosts (creatorid, up to 8 digits).")
    private List<String> creators = new ArrayList<>();

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE",
            description = "Captures, one after the other; - or none is standard input.")
    private List<String> files = new ArrayList<>();

    @Override
    public Integer call() {
        MessageFilter filter = filter();
        if (files.isEmpty() && isTerminal()) {
            throw new ParameterException(
                    spec.commandLine(), "name a capture file, or - to read standard input");
        }
        StringBuilder lines = new StringBuilder(8192);
        NameTable names = new NameTable(NAME_LIMIT);
        MessagePrinter printer =
                isJson
                        ? new MessageJson(lines, names, filter)
                        : new MessageText(lines, names, filter, verbose.length);
        CaptureDecoder decoder = new CaptureDecoder(printer);
        int exitCode = 0;
        for (String file : files.isEmpty() ? List.of("-") : files) {
            exitCode = Math.max(exitCode, decode(file, decoder, lines));
        }
        return exitCode;
    }

    private int decode(String file, CaptureDecoder decoder, StringBuilder lines) {
        PrintWriter err = spec.commandLine().getErr();
        String name = file.equals("-") ? "standard input" : file;
        decoder.resetCounts();
        int exitCode = 0;
        try (CaptureReader reader = open(file, name)) {
            copy(reader, decoder, lines);
            if (reader.note() != null) {
                err.println(reader.note());
            }
        } catch (CaptureException e) {
            err.println(e.getMessage());
            exitCode = 1;
        } catch (IOException e) {
            err.println(name + ": " + e.getMessage());
            exitCode = 1;
        }
        if (exitCode == 0 && (decoder.pfsyncCount() == 0 || verbose.length > 0)) {
            err.println(name + ": " + decoder.summary());
        }
        err.flush();
        return exitCode;
    }

    /** Until the end, or until nobody reads what is printed. */
    private void copy(CaptureReader reader, CaptureDecoder decoder, StringBuilder lines)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean isRead = true;
        while (isRead && decoder.decodeNext(reader)) {
            out.append(lines);
            lines.setLength(0);
            // A pipe may be live: show each packet as it comes.
            isRead = !reader.isIdle() || !out.checkError();
        }
        out.flush();
    }

    private CaptureReader open(String file, String name) throws CaptureException {
        return file.equals("-")
                ? CaptureReader.open(System.in, name)
                : CaptureReader.open(Path.of(file));
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private MessageFilter filter() {
        Set<MessageKind> kinds = actions.isEmpty() ? Set.of() : EnumSet.copyOf(actions);
        return new MessageFilter(
                kinds, creators.stream().map(this::creatorId).collect(Collectors.toSet()));
    }

    private int creatorId(String hex) {
        try {
            return Integer.parseUnsignedInt(hex.startsWith("0x") ? hex.substring(2) : hex, 16);
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--creator "
                            + hex
                            + " is not a creatorid: up to 8 hexadecimal digits, as in a1b2c3d4",
                    e,
                    null,
                    hex);
        }
    }
}
