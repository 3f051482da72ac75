package org.pfsyncd.cli;

import static org.pfsyncd.cli.DoctorStage.GROUP;
import static org.pfsyncd.cli.DoctorStage.HOST_1;
import static org.pfsyncd.cli.DoctorStage.HOST_2;

import java.util.List;
import org.pfsyncd.cli.DoctorStage.Host;
import org.pfsyncd.cli.DoctorStage.Verdict;
import org.pfsyncd.cli.StagedFaults.Script;
import org.pfsyncd.doctor.RecordedPackets;
import org.pfsyncd.support.Await;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.NetworkNamespaces;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;

/**
 * What is wrong with what firewalls say: versions, identities, sizes, requests. Each method adds
 * stages.
 */
final class StagedTalk {
    private static final String A = RecordedPackets.HOST_A;
    private static final String B = RecordedPackets.HOST_B;
    private static final int OUR_ID = 0xC9C9C9C9;
    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);
    private final StagedFaults stages;

    StagedTalk(StagedFaults stages) {
        this.stages = stages;
    }

    void addAll() {
        forms();
        identities();
        sizes();
        requests();
    }

    private void stage(String name, String expected, Script script) {
        stages.add(name, expected, script);
    }

    private void forms() {
        stage(
                "an old version",
                "version " + HOST_1,
                stage -> sending(stage, HOST_1, recorded("02-tcp-life", bytes -> bytes[0] = 4)));
        stage(
                "FreeBSD where OpenBSD is configured",
                "version " + HOST_1,
                stage ->
                        sending(
                                stage.set("dialect = \"v6\""),
                                HOST_1,
                                recorded("02-tcp-life", bytes -> {})));
        stage(
                "OpenBSD beside FreeBSD",
                "version-mix " + HOST_2,
                stage -> both(stage, "02-tcp-life", frame(Dialect.V6, 0xB2B2B2B2)));
        stage(
                "FreeBSD 14 beside 13",
                "dialect " + HOST_2,
                stage -> both(stage, "02-tcp-life", frame(Dialect.V1400, 0xB2B2B2B2)));
        stage(
                "other rules",
                "fingerprint " + HOST_2,
                stage ->
                        both(
                                stage,
                                "02-tcp-life",
                                FrameBuilder.of(Dialect.V1301)
                                        .names(names)
                                        .insert(states.udp(9, 0xB2B2B2B2).record())
                                        .fingerprint(
                                                new byte[] {
                                                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                                                    15, 16
                                                })
                                        .bytes()));
        stage(
                "damaged packets",
                "malformed " + HOST_1,
                stage ->
                        sending(
                                stage,
                                HOST_1,
                                recorded("02-tcp-life", bytes -> bytes[2] = (byte) 0x7F)));
    }

    private void identities() {
        stage(
                "our creator id",
                "duplicate-hostid " + HOST_1,
                stage ->
                        sending(
                                stage.set("creatorid = \"c9c9c9c9\""),
                                HOST_1,
                                List.of(frame(Dialect.V1301, OUR_ID))));
        stage(
                "two hosts of one id",
                "duplicate-hostid " + HOST_2,
                stage -> both(stage, "02-tcp-life", frame(Dialect.V1301, 0xA1A1A1A1)));
    }

    private void sizes() {
        stage(
                "smaller MTU here",
                "mtu",
                stage -> {
                    NetworkNamespaces.setLink(stage.nameB(), "mtu", "1000");
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host first = stage.host(HOST_1, GROUP)) {
                                    first.replay("08-many-flows", A);
                                }
                            });
                });
        stage(
                "big packets lost on the way",
                "mtu " + HOST_1,
                stage -> {
                    stage.firewalls(
                            "nft", String.format(StagedFaults.DROP_AT_EGRESS, "meta length > 300"));
                    return stage.verdict(
                            1,
                            () -> {
                                try (Host first = stage.host(HOST_1, GROUP);
                                        Host second = stage.host(HOST_2, GROUP)) {
                                    for (int i = 1; i < 6; i++) {
                                        first.send(update(i));
                                    }
                                    second.replay("17-two-hosts-bulk", B);
                                    first.replay("17-two-hosts-bulk", A);
                                }
                            });
                });
    }

    private void requests() {
        stage(
                "a bulk update without end",
                "bulk-endless " + HOST_1,
                stage ->
                        stage.verdict(
                                2,
                                () -> {
                                    try (Host first = stage.host(HOST_1, GROUP);
                                            Host second = stage.host(HOST_2, GROUP)) {
                                        second.replay("17-two-hosts-bulk", B);
                                        List<byte[]> dump =
                                                recorded("12b-bulk-600-states", bytes -> {});
                                        dump.subList(1, 300).forEach(first::send);
                                    }
                                }));
        stage(
                "nobody answers",
                "bulk-unanswered " + HOST_1,
                stage -> stage.verdict(2, () -> ask(stage, HOST_1, null)));
        stage(
                "the other does not hear",
                "one-way " + HOST_1,
                stage -> stage.verdict(2, () -> ask(stage, HOST_1, HOST_2)));
        stage(
                "requests for single states",
                "requests-unanswered " + HOST_1,
                stage ->
                        stage.verdict(
                                2,
                                () -> {
                                    try (Host first = stage.host(HOST_1, GROUP);
                                            Host second = stage.host(HOST_2, GROUP)) {
                                        for (int i = 1; i < 6; i++) {
                                            first.send(update(i));
                                            second.send(
                                                    FrameBuilder.of(Dialect.V1301)
                                                            .updateRequest(i, 0xA1A1A1A1)
                                                            .bytes());
                                        }
                                    }
                                }));
    }

    /** Three requests within a second and a bit, as a kernel's over ten; another lives or not. */
    private void ask(DoctorStage stage, String requester, String other) throws Exception {
        try (Host asks = stage.host(requester, GROUP);
                Host lives = stage.host(other == null ? requester : other, GROUP)) {
            for (int i = 0; i < 3; i++) {
                asks.send(FrameBuilder.of(Dialect.V1301).bulkRequest().bytes());
                if (other != null) {
                    lives.send(update(i + 1));
                }
                Await.pause(i == 2 ? 0 : 600_000_000L);
            }
        }
    }

    private static Verdict sending(DoctorStage stage, String from, List<byte[]> frames)
            throws Exception {
        return stage.verdict(
                1,
                () -> {
                    try (Host host = stage.host(from, GROUP)) {
                        frames.forEach(host::send);
                    }
                });
    }

    /** The first host replays a recording, the second sends one frame. */
    private static Verdict both(DoctorStage stage, String recording, byte[] frame)
            throws Exception {
        return stage.verdict(
                1,
                () -> {
                    try (Host first = stage.host(HOST_1, GROUP);
                            Host second = stage.host(HOST_2, GROUP)) {
                        first.replay(recording, A);
                        second.send(frame);
                    }
                });
    }

    private byte[] frame(Dialect dialect, int creatorId) {
        return FrameBuilder.of(dialect)
                .names(names)
                .insert(states.udp(7, creatorId).record())
                .bytes();
    }

    private byte[] update(long id) {
        return FrameBuilder.of(Dialect.V1301)
                .updateCompressed(states.udp(id, 0xA1A1A1A1).record())
                .bytes();
    }

    private static List<byte[]> recorded(String name, Change change) throws Exception {
        List<byte[]> frames =
                RecordedPackets.of(name).stream().map(RecordedPackets.Recorded::payload).toList();
        frames.forEach(change::to);
        return frames;
    }

    @FunctionalInterface
    private interface Change {
        void to(byte[] frame);
    }
}
