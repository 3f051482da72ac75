package org.pfsyncd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.metrics.PeerCounter;

/** When a conversation begins and ends, link-format.md sections 3 and 4. */
class ConversationTest {
    private static final long MS = 1_000_000L;

    private final OneEnd end = new OneEnd();

    @Test
    void shouldGreetAtGrowingPauses() {
        List<Long> pauses = new ArrayList<>();
        long lastNs = end.nowNs;
        for (int i = 0; i < 25_000; i++) {
            if (end.work(MS) > 0) {
                pauses.add((end.nowNs - lastNs) / MS);
                lastNs = end.nowNs;
            }
        }
        assertEquals(
                List.of(1L, 100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L, 5_000L)
                        .subList(0, pauses.size()),
                pauses);
        assertTrue(pauses.size() >= 9, pauses::toString);
    }

    @Test
    void shouldGreetSoonAgainAfterAConversation() {
        end.work(0);
        for (int i = 0; i < 20_000; i++) {
            end.work(MS);
        }
        end.up();
        end.work(PeerLink.SILENCE_NS + 1);
        assertFalse(end.link.isUp());
        int before = end.sent.size();
        for (int i = 0; i < 310; i++) {
            end.work(MS);
        }
        assertTrue(end.sent.size() - before >= 1, "greets within 310 ms");
    }

    @Test
    void shouldBeUpOnlyWhenThePeerNamesOurSession() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        assertFalse(end.link.isUp(), "it does not know us yet");
        assertEquals(LinkFrame.HELLO, end.lastType(), "answered at once");
        end.receive(end.hello(OneEnd.THEIRS, end.ours(), h -> {}));
        assertTrue(end.link.isUp());
        assertEquals(List.of("begin"), end.node.events);
        assertEquals(1, end.count(PeerCounter.LINK_CONVERSATIONS));
    }

    @Test
    void shouldEndAfterThreeSecondsAndNotANanosecondBefore() {
        end.up();
        end.work(PeerLink.SILENCE_NS);
        assertTrue(end.link.isUp(), "3 s");
        end.work(1);
        assertFalse(end.link.isUp(), "and a nanosecond");
        assertEquals("nothing heard for more than 3 s", end.link.reason());
        assertEquals(List.of("begin", "end"), end.node.events);
    }

    @Test
    void shouldNotCountFramesOfOtherSessionsAsHeard() {
        end.up();
        byte[] beat = end.numbers(LinkFrame.BEAT, 0);
        end.work(PeerLink.SILENCE_NS);
        new UnsafeBuffer(beat).putLong(LinkFrame.SESSION_OFFSET, 0x99);
        end.reseal(beat);
        end.receive(beat);
        assertEquals(1, end.count(PeerCounter.LINK_BAD_SESSION));
        end.work(1);
        assertFalse(end.link.isUp());
    }

    @Test
    void shouldTakeANewSessionForANewLifeOfThePeer() {
        end.up();
        long before = end.ours();
        end.receive(end.hello(0x99, 0, h -> {}));
        assertFalse(end.link.isUp());
        assertNotEquals(before, end.ours(), "no counter may stand in two frames of a session");
        end.receive(end.hello(0x99, end.ours(), h -> {}));
        assertTrue(end.link.isUp());
        assertEquals(List.of("begin", "end", "begin"), end.node.events);
    }

    @Test
    void shouldPassOverALateGreetingOfTheLifeBefore() {
        byte[] late = end.hello(OneEnd.THEIRS, 0, h -> {});
        end.up();
        end.receive(end.hello(0x99, 0, h -> {}));
        end.receive(end.hello(0x99, end.ours(), h -> {}));
        end.receive(late);
        assertTrue(end.link.isUp());
        assertEquals(1, end.count(PeerCounter.LINK_BAD_SESSION));
        assertEquals(List.of("begin", "end", "begin"), end.node.events);
    }

    /** A clock that has run long is believed at once by one that just started. */
    @Test
    void shouldNotBelieveTheTimeOfAGreetingThatMayBeLate() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        assertEquals(0, end.node.clocks, "it may be of a former life");
        end.receive(end.hello(OneEnd.THEIRS, end.ours(), h -> {}));
        assertEquals(1, end.node.clocks, "it names our session");
    }

    /** Its times would be taken for ours, and be moved when the clock is set. */
    @Test
    void shouldTakeNothingInBeforeThePeerHasToldTheTime() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        end.receive(end.data(0, OneEnd.entry(LinkEntry.POSITION, 0, 0, 0)));
        end.work(1_000_000);
        assertEquals(0, end.node.entries, "it came before the answer to our greeting");
        end.receive(end.hello(OneEnd.THEIRS, end.ours(), h -> {}));
        end.work(1_000_000);
        assertEquals(1, end.node.clocks);
        assertEquals(1, end.node.entries);
    }

    /** Both ends would take new sessions for ever, as often as frames can travel. */
    @Test
    void shouldAgreeAgainAfterALateGreetingOfTheLifeBeforeLast() {
        TwoEnds ends = new TwoEnds(21).start();
        List<byte[]> greetings = new ArrayList<>();
        ends.bToA.spy =
                bytes -> {
                    if (LinkFrame.type(new UnsafeBuffer(bytes), 0) == LinkFrame.HELLO) {
                        greetings.add(bytes);
                    }
                };
        ends.awaitUp(500);
        for (int life = 0; life < 2; life++) {
            ends.b = ends.new End(2, ends.bToA);
            ends.runMs(1_000);
            ends.awaitUp(500);
        }
        byte[] late = greetings.get(0);
        ends.a.link.onFrame(new UnsafeBuffer(late), 0, late.length, ends.nowNs);
        assertFalse(ends.a.link.isUp());
        int before = ends.bToA.sent + ends.aToB.sent;
        ends.awaitUp(500);
        ends.runMs(100);
        assertTrue(ends.a.link.isUp() && ends.b.link.isUp());
        int frames = ends.bToA.sent + ends.aToB.sent - before;
        assertTrue(frames < 50, frames + " frames");
        ends.a.feed.available = 10;
        ends.await("entries", 1_000, () -> ends.b.knownSequence == 10);
    }

    @Test
    void shouldNotTakeANewSessionForEachGreeting() {
        end.work(0);
        Set<Long> sessions = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
            end.work(20 * MS);
            sessions.add(end.ours());
        }
        assertEquals(1, sessions.size());
    }

    @Test
    void shouldNotAnswerAFloodOfGreetings() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        int before = end.sent.size();
        for (int i = 0; i < 1_000; i++) {
            end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        }
        assertEquals(before, end.sent.size());
    }

    @Test
    void shouldRefuseAnotherName() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> h.name = "n3"));
        assertEquals(LinkFrame.REFUSE, end.lastType());
        assertTrue(end.link.reason().contains("calls itself n3"), end.link.reason());
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> h.name = "n3"));
        assertEquals(1, end.count(PeerCounter.LINK_REFUSALS), "the same reason is one refusal");
        assertEquals(List.of(), end.node.events);
    }

    @Test
    void shouldNotEndWhatGoesOnForARefusedGreeting() {
        end.up();
        end.receive(end.hello(0x99, 0, h -> h.name = "n3"));
        assertEquals(LinkFrame.REFUSE, end.lastType());
        assertTrue(end.link.isUp());
        assertEquals(List.of("begin"), end.node.events);
    }

    @Test
    void shouldGreetEachTenSecondsWhileUp() {
        end.up();
        int greetings = 0;
        for (int i = 0; i < 31_000; i++) {
            int before = end.sent.size();
            end.work(MS);
            if (i % 1_000 == 999) {
                end.receive(beat());
            }
            greetings += end.sent.size() > before && end.lastType() == LinkFrame.HELLO ? 1 : 0;
        }
        assertTrue(end.link.isUp());
        assertEquals(3, greetings);
    }

    private byte[] beat() {
        return end.numbers(LinkFrame.BEAT, 0);
    }

    @Test
    void shouldRefuseVersionsThatItDoesNotSpeak() {
        end.work(0);
        end.receive(
                end.hello(
                        OneEnd.THEIRS,
                        0,
                        h -> {
                            h.versionMin = 4;
                            h.versionMax = 5;
                        }));
        assertEquals(LinkFrame.REFUSE, end.lastType());
        assertTrue(end.link.reason().contains("versions 4 to 5"), end.link.reason());
    }

    @Test
    void shouldSpeakTheHighestVersionOfBoth() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> h.versionMax = 1));
        assertEquals(1, end.link.word().version());
        end.receive(end.hello(OneEnd.THEIRS + 2, 0, h -> h.versionMax = 7));
        assertEquals(3, end.link.word().version());
    }

    @Test
    void shouldRefuseWhatTheNodeRefuses() {
        end.node.refusal = "two nodes are called n2";
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        assertEquals(LinkFrame.REFUSE, end.lastType());
        assertEquals("two nodes are called n2", end.link.reason());
    }

    @Test
    void shouldEndWhenRefused() {
        end.up();
        end.receive(end.refuse(0x1234));
        assertTrue(end.link.isUp(), "a refusal of another session");
        end.receive(end.refuse(end.ours()));
        assertFalse(end.link.isUp());
        assertEquals("refused by the peer: because", end.link.reason());
    }

    /** Their names are forgotten: what is in them could not be taken in, and would be skipped. */
    @Test
    void shouldNotHandOutWhatAnEndedConversationLeft() {
        end.up();
        end.receive(end.data(0, OneEnd.entry(LinkEntry.DOCUMENT, 3, 10, 10)));
        end.receive(end.refuse(end.ours()));
        for (int i = 0; i < 10; i++) {
            end.work(MS);
        }
        assertEquals(0, end.node.entries);
    }

    @Test
    void shouldEndOnceForAStreamThatMakesNoSense() {
        end.up();
        end.receive(end.data(0, OneEnd.entry(12, 0, 0, 0)));
        for (int i = 0; i < 100; i++) {
            end.work(MS);
        }
        assertEquals(1, end.count(PeerCounter.LINK_BAD_ENTRY));
        assertEquals(List.of("begin", "end"), end.node.events);
        assertEquals(0, end.node.entries);
        long session = end.ours();
        end.receive(end.hello(0x99, session, h -> {}));
        assertTrue(end.link.isUp(), "the session in the greeting stays");
    }

    @Test
    void shouldEndForContentThatMakesNoSense() {
        end.node.isContent = false;
        end.up();
        end.receive(end.data(0, OneEnd.entry(LinkEntry.LIST_REQUEST, 0, 3, 3)));
        end.work(MS);
        assertEquals(1, end.count(PeerCounter.LINK_BAD_ENTRY));
        assertFalse(end.link.isUp());
    }

    @Test
    void shouldBeginItsStreamWhereThePeerStandsOnceItKnowsWhomItTalksTo() {
        end.work(0);
        end.receive(end.hello(OneEnd.THEIRS, 0, h -> {}));
        end.receive(end.numbers(LinkFrame.BEAT, 0));
        assertTrue(end.link.isUp());
        assertEquals(-1, end.link.claim(24, false), "it has not said yet how far it is");
        end.receive(end.numbers(LinkFrame.ACK, 0, OneEnd.WINDOW, 4, 17, 1, 1, 0, 0, 0));
        end.work(1);
        assertTrue(end.link.claim(24, false) >= 0);
        assertEquals(4, end.link.word().ackedIncarnation());
        assertEquals(17, end.link.word().ackedSequence());
    }
}
