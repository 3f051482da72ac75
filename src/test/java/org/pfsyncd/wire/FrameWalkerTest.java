package org.pfsyncd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.support.FrameBuilder;
import org.pfsyncd.support.RecordingVisitor;

/** Framing of spec sections 1.3, 1.8 and 2: both sides of every edge. */
class FrameWalkerTest {
    private static final int CREATOR = 0xa1b2c3d4;
    private static final String ID1 = "DEL_C 0000000000000001/a1b2c3d4";
    private static final String ID2 = "DEL_C 0000000000000002/a1b2c3d4";
    private static final String DELETE_1 = "00 00 00 00 00 00 00 01 a1 b2 c3 d4";

    private final NameTable names = new NameTable();

    private List<String> walk(FrameBuilder frame) {
        return RecordingVisitor.walk(frame.bytes(), names).messages();
    }

    @ParameterizedTest
    @CsvSource({
        "1, BAD_VERSION_V1",
        "2, BAD_VERSION_V2",
        "3, BAD_VERSION_V3",
        "4, BAD_VERSION_V4",
        "0, BAD_VERSION_OTHER",
        "7, BAD_VERSION_OTHER",
        "255, BAD_VERSION_OTHER"
    })
    void shouldRefuseDeadVersionsByName(int version, Reject reject) {
        FrameBuilder frame = v6().deleteCompressed(1, CREATOR).version(version);
        assertEquals(List.of("reject " + version + " " + reject), walk(frame));
        assertEquals("badver", reject.family());
    }

    @Test
    void shouldAcceptOnlyTheVersionsThatAreWanted() {
        byte[] old = v5().deleteCompressed(1, CREATOR).bytes();
        byte[] current = v6().deleteCompressed(1, CREATOR).bytes();
        assertEquals(List.of(ID1), accepted(old, FrameWalker.ACCEPT_V5));
        assertEquals(List.of(ID1), accepted(current, FrameWalker.ACCEPT_V6));
        assertEquals(List.of("reject 5 BAD_VERSION_V5"), accepted(old, FrameWalker.ACCEPT_V6));
        assertEquals(List.of("reject 6 BAD_VERSION_V6"), accepted(current, FrameWalker.ACCEPT_V5));
    }

    private List<String> accepted(byte[] frame, int versions) {
        RecordingVisitor visitor = new RecordingVisitor(names);
        visitor.walk(frame, versions);
        return visitor.messages();
    }

    @Test
    void shouldDoNothingWithHeaderLengthsBelowTheHeader() {
        for (int length : new int[] {0, 1, 19, 20}) {
            assertEquals(List.of(), walk(v6().deleteCompressed(1, CREATOR).length(length)));
            assertEquals(List.of(), walk(v5().deleteCompressed(1, CREATOR).length(length)));
        }
    }

    @Test
    void shouldNotLookBehindTheHeaderLengthOfVersion6() {
        FrameBuilder frame = v6().deleteCompressed(1, CREATOR);
        int length = frame.bytes().length;
        frame.region(7, 3, 1).hex(DELETE_1);
        assertEquals(List.of(ID1), walk(frame.length(length)));
        assertEquals(List.of(ID1), walk(frame.length(length + 3)), "one byte short of a subheader");
        assertEquals(List.of(ID1, "reject 7 BAD_LENGTH_REGION"), walk(frame.length(length + 4)));
        assertEquals(List.of(ID1, "reject 7 BAD_LENGTH_REGION"), walk(frame.length(length + 15)));
        assertEquals(List.of(ID1, ID1), walk(frame.length(length + 16)));
    }

    @Test
    void shouldMeasureRegionsOfVersion5AgainstThePacketAsFreeBsdDoes() {
        FrameBuilder frame = v5().withoutEof().deleteCompressed(1, CREATOR);
        assertEquals(List.of(ID1), walk(frame.length(24)), "the subheader is inside, the rest not");
        assertEquals(List.of(), walk(frame.length(23)));
    }

    @Test
    void shouldRefuseAHeaderLengthBeyondThePacket() {
        FrameBuilder frame = v6().deleteCompressed(1, CREATOR);
        int length = frame.bytes().length;
        assertEquals(List.of(ID1), walk(frame.length(length)));
        String refusal = "reject " + (length + 1) + " BAD_LENGTH_HEADER";
        assertEquals(List.of(refusal), walk(frame.length(length + 1)));
        assertEquals(List.of("reject 65535 BAD_LENGTH_HEADER"), walk(frame.length(0xFFFF)));
    }

    @Test
    void shouldIgnoreUpToThreeBytesBehindTheLastRegion() {
        for (String tail : List.of("ff", "ff ff", "ff ff ff")) {
            assertEquals(List.of(ID1), walk(v6().deleteCompressed(1, CREATOR).hex(tail)));
        }
        FrameBuilder four = v6().deleteCompressed(1, CREATOR).hex("ff ff ff ff");
        assertEquals(List.of(ID1, "reject 255 BAD_LENGTH_REGION"), walk(four));
    }

    @Test
    void shouldDeliverTheRegionsBeforeABadOneAndNoneAfter() {
        FrameBuilder badLength =
                v6().deleteCompressed(1, CREATOR)
                        .region(7, 3, 2)
                        .hex(DELETE_1)
                        .region(5, 0, 0)
                        .hex("00");
        assertEquals(List.of(ID1, "reject 7 BAD_LENGTH_REGION"), walk(badLength));
        FrameBuilder badAction =
                v5().deleteCompressed(1, CREATOR).region(17, 0, 1).region(7, 0, 1).hex(DELETE_1);
        assertEquals(List.of(ID1, "reject 17 BAD_ACTION"), walk(badAction));
    }

    @Test
    void shouldSkipUnknownAndShortMessagesOfVersion6ByTheirLength() {
        FrameBuilder unknown = v6().region(20, 2, 3).raw(new byte[24]).deleteCompressed(1, CREATOR);
        assertEquals(List.of("skipped 20 x3", ID1), walk(unknown));
        FrameBuilder shorter = v6().region(13, 65, 1).raw(new byte[260]).deleteCompressed(1, 1);
        assertEquals("skipped 13 x1", walk(shorter).get(0));
        FrameBuilder withoutHandler = v6().region(1, 66, 1).raw(new byte[264]);
        assertEquals(List.of("skipped 1 x1"), walk(withoutHandler));
    }

    @ParameterizedTest
    @CsvSource({"16, 0, 1", "16, 3, 0", "255, 255, 0", "255, 0, 65535", "13, 0, 1", "7, 2, 0"})
    void shouldStopWhereVersion6CannotBeSkipped(int action, int words, int count) {
        FrameBuilder frame = v6().region(action, words, count).deleteCompressed(1, CREATOR);
        assertEquals(List.of("reject " + action + " BAD_ACTION"), walk(frame));
    }

    @Test
    void shouldWalkLongerMessagesOfVersion6ByTheirStride() {
        FrameBuilder frame =
                v6().region(7, 4, 2)
                        .hex(DELETE_1 + "ff ff ff ff")
                        .hex("00 00 00 00 00 00 00 02 a1 b2 c3 d4 ff ff ff ff");
        assertEquals(List.of(ID1, ID2), walk(frame));
    }

    @Test
    void shouldAcceptRegionsWithoutMessages() {
        assertEquals(List.of(ID1), walk(v6().region(13, 66, 0).deleteCompressed(1, CREATOR)));
        assertEquals(List.of(ID1), walk(v5().region(1, 0, 0).deleteCompressed(1, CREATOR)));
    }

    @Test
    void shouldNotOverflowOnTheLargestCountsAndLengths() {
        FrameBuilder frame = v6().region(13, 255, 0xFFFF).raw(new byte[1020]);
        assertEquals(List.of("reject 13 BAD_LENGTH_REGION"), walk(frame));
        FrameBuilder old = v5().region(15, 0, 0xFFFF).raw(new byte[720]);
        assertEquals(List.of("reject 15 BAD_LENGTH_REGION"), walk(old));
    }

    @Test
    void shouldStopAtTheEndMarkOfVersion5() {
        FrameBuilder frame =
                v5().withoutEof().deleteCompressed(1, CREATOR).region(12, 0, 1).hex("00 00 00 00");
        assertEquals(List.of(ID1, "reject 4 BAD_LENGTH_EOF"), walk(frame));
        int length = frame.bytes().length;
        assertEquals(
                List.of(ID1, "reject 4 BAD_LENGTH_EOF"),
                walk(frame.length(length - 4)),
                "the mark is held against the packet, not against the header");
        FrameBuilder early = v5().withoutEof().region(12, 0, 1).deleteCompressed(1, CREATOR);
        assertEquals(List.of("reject 16 BAD_LENGTH_EOF"), walk(early));
    }

    @Test
    void shouldIgnoreTheEndMarkInVersion6() {
        FrameBuilder frame = v6().region(12, 0, 1).deleteCompressed(1, CREATOR);
        assertEquals(List.of("skipped 12 x1", ID1), walk(frame));
    }

    @ParameterizedTest
    @CsvSource({"8", "9", "17", "255"})
    void shouldRefuseActionsOfVersion5ThatNobodyDefined(int action) {
        FrameBuilder frame = v5().region(action, 0, 0).deleteCompressed(1, CREATOR);
        assertEquals(List.of("reject " + action + " BAD_ACTION"), walk(frame));
    }

    @Test
    void shouldCountARegionBeforeItIsJudged() {
        byte[] reserved = v5().region(8, 0, 3).bytes();
        assertEquals(
                List.of("frame 5", "region 8 x3", "reject 8 BAD_ACTION"),
                RecordingVisitor.walk(reserved, names).lines());
        byte[] tooLong = v5().region(7, 0, 3).bytes();
        assertEquals(
                List.of("frame 5", "region 7 x3", "reject 7 BAD_LENGTH_REGION"),
                RecordingVisitor.walk(tooLong, names).lines());
    }

    @Test
    void shouldKeepTheOrderOfRegions() {
        FrameBuilder frame =
                v5().updateRequest(1, CREATOR).deleteCompressed(1, CREATOR).bulkStart(CREATOR);
        assertEquals(
                List.of(
                        "frame 5",
                        "region 5 x1",
                        "UPD_REQ 0000000000000001/a1b2c3d4",
                        "region 7 x1",
                        ID1,
                        "region 10 x1",
                        "BUS #0 a1b2c3d4 endtime=0 status=1",
                        "region 12 x1"),
                RecordingVisitor.walk(frame.bytes(), names).lines());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 2", "6, 5"})
    void shouldRefuseTheOpenBsdOfVersion5BeforeAnythingIsDelivered(int action, int count) {
        FrameBuilder frame =
                v5().deleteCompressed(1, CREATOR)
                        .region(action, 0, count)
                        .raw(new byte[count * 240]);
        assertEquals(
                List.of("reject 5 BAD_VERSION_V5_OPENBSD"),
                RecordingVisitor.walk(frame.bytes(), names).lines());
    }

    @Test
    void shouldNotMistakeABrokenFreeBsdFrameForAnOpenBsdOne() {
        FrameBuilder frame = v5().region(1, 0, 1).raw(new byte[241]);
        assertEquals("reject 1 BAD_LENGTH_REGION", walk(frame.withoutEof()).get(0));
    }

    private static FrameBuilder v6() {
        return FrameBuilder.of(Dialect.V6);
    }

    private static FrameBuilder v5() {
        return FrameBuilder.of(Dialect.V1301);
    }
}
