package org.pfsyncd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.pfsyncd.os.LibcSockets;
import org.pfsyncd.support.Allocation;
import org.pfsyncd.support.FrameLog;

class SimNetworkTest {
    private static final String GROUP = "e00000f0000000000000000000000000";

    private final SimNetwork network = new SimNetwork(42);
    private final SimPort a = network.attach("sync", "10.0.0.1");
    private final SimPort b = network.attach("sync", "10.0.0.2");
    private final FrameLog log = new FrameLog();

    private static int send(SimPort port, String text) {
        UnsafeBuffer frame = FrameLog.frame(text);
        return port.send(frame, 0, frame.capacity());
    }

    private List<String> drain(SimPort port) {
        log.frames.clear();
        port.poll(log, Integer.MAX_VALUE);
        return log.texts();
    }

    @Test
    void shouldBeHeardByAllOthersOnTheSegmentOnly() {
        SimPort c = network.attach("sync", "10.0.0.3");
        SimPort elsewhere = network.attach("other", "10.0.0.4");

        assertEquals(5, send(a, "hello"));

        assertEquals(List.of(), drain(a), "no loop");
        assertEquals(List.of("hello"), drain(b));
        assertEquals(List.of("hello"), drain(c));
        assertEquals(List.of(), drain(elsewhere));
    }

    @Test
    void shouldReachOneByUnicast() {
        SimPort c = network.attach("sync", "10.0.0.3", "10.0.0.2");

        send(c, "psst");

        assertEquals(List.of(), drain(a));
        assertEquals(List.of("psst"), drain(b));
        assertEquals("0a000002000000000000000000000000", log.last().destination());
    }

    @Test
    void shouldSayWhereAFrameCameFrom() {
        send(a, "x");
        drain(b);

        FrameLog.Frame frame = log.last();
        assertEquals(4, frame.af());
        assertEquals(255, frame.ttl());
        assertEquals("0a000001000000000000000000000000", frame.source());
        assertEquals(GROUP, frame.destination());
        assertEquals(b.interfaceIndex(), frame.interfaceIndex());
        assertEquals(b.interfaceIndex(), frame.expectedInterfaceIndex());
    }

    @Test
    void shouldCarryIpv6BesideIpv4() {
        SimPort c = network.attach("sync", "fe80::1");
        SimPort d = network.attach("sync", "fe80::2");

        send(c, "six");

        assertEquals(List.of(), drain(a), "another family is not heard");
        assertEquals(List.of("six"), drain(d));
        assertEquals(6, log.last().af());
        assertEquals("ff1200000000000000000000000000f0", log.last().destination());
    }

    @Test
    void shouldArriveWhenTheDelayIsOverAndNotBefore() {
        network.advance(1_000);
        network.faults(SimFaults.NONE.delay(500, 0));
        send(a, "slow");

        network.advance(1_499);
        assertEquals(List.of(), drain(b), "one nanosecond early");
        assertEquals(1, network.underWay());

        network.advance(1_500);
        assertEquals(List.of("slow"), drain(b));
    }

    @Test
    void shouldKeepTimeOverTheWrapOfTheClock() {
        network.advance(Long.MAX_VALUE - 1);
        network.faults(SimFaults.NONE.delay(10, 0));
        send(a, "wrap");

        network.advance(Long.MAX_VALUE);
        assertEquals(List.of(), drain(b));
        network.advance(Long.MIN_VALUE + 8);
        assertEquals(List.of("wrap"), drain(b));
        assertThrows(IllegalArgumentException.class, () -> network.advance(Long.MAX_VALUE));
    }

    @Test
    void shouldLoseAllNoneOrAbout() {
        network.faults(SimFaults.NONE.loss(1_000_000));
        send(a, "gone");
        assertEquals(List.of(), drain(b));
        assertEquals(1, network.lost());

        network.faults(SimFaults.NONE.loss(200_000));
        b.queueLimit(10_000);
        for (int i = 0; i < 10_000; i++) {
            send(a, "maybe");
        }
        int heard = drain(b).size();
        assertTrue(heard > 7_700 && heard < 8_300, "of 10000 at 20 % loss: " + heard);
        assertEquals(10_000, heard + network.lost() - 1);
    }

    @Test
    void shouldDuplicateAndHoldBack() {
        network.faults(SimFaults.NONE.duplication(1_000_000));
        send(a, "twice");
        assertEquals(List.of("twice", "twice"), drain(b));
        assertEquals(1, network.duplicated());

        network.faults(SimFaults.NONE.reordering(1_000_000, 100));
        send(a, "first");
        network.faults(SimFaults.NONE);
        send(a, "second");
        network.advance(100);
        assertEquals(List.of("second", "first"), drain(b));
    }

    @Test
    void shouldKeepTheOrderOfFramesWithEqualDelay() {
        network.faults(SimFaults.NONE.delay(7, 0));
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add("f" + i);
            send(a, "f" + i);
        }
        network.advance(7);
        assertEquals(sent, drain(b));
    }

    @Test
    void shouldCutOneDirectionAndHeal() {
        network.cut(a, b);
        send(a, "lost");
        send(b, "heard");
        assertEquals(List.of(), drain(b));
        assertEquals(List.of("heard"), drain(a));
        assertEquals(1, network.partitioned());

        network.partition(a, b);
        send(b, "lost too");
        assertEquals(List.of(), drain(a));

        network.heal();
        send(a, "again");
        assertEquals(List.of("again"), drain(b));
    }

    @Test
    void shouldCountWhatAFullQueueDrops() {
        b.queueLimit(3);
        for (int i = 0; i < 3; i++) {
            send(a, "f" + i);
        }
        assertEquals(0, b.drops(), "the last that fits");

        send(a, "f3");
        assertEquals(1, b.drops());
        assertEquals(1, network.overflowed());
        assertEquals(List.of("f0", "f1", "f2"), drain(b));
    }

    @Test
    void shouldBoundWhatIsUnderWay() {
        network.faults(SimFaults.NONE.delay(1, 0));
        for (int i = 0; i < SimNetwork.UNDER_WAY_LIMIT + 5; i++) {
            send(a, "x");
        }
        assertEquals(SimNetwork.UNDER_WAY_LIMIT, network.underWay());
        assertEquals(5, network.overflowed());
    }

    @Test
    void shouldRefuseMoreThanTheMtu() {
        UnsafeBuffer large = new UnsafeBuffer(new byte[1500]);
        assertEquals(1480, a.send(large, 0, 1480), "with its IP header exactly the MTU");
        assertEquals(-LibcSockets.EMSGSIZE, a.send(large, 0, 1481));
        assertEquals(-LibcSockets.EMSGSIZE, a.queue(large, 0, 1481));

        SimPort six = network.attach("sync", "fe80::1");
        assertEquals(1460, six.send(large, 0, 1460));
        assertEquals(-LibcSockets.EMSGSIZE, six.send(large, 0, 1461));
    }

    @Test
    void shouldSendWhatWasQueuedInOrder() {
        for (int i = 0; i < 33; i++) {
            UnsafeBuffer frame = FrameLog.frame("q" + i);
            assertEquals(frame.capacity(), a.queue(frame, 0, frame.capacity()));
            assertEquals(i < 32 ? 0 : 32, drain(b).size(), "sent only when full, at " + i);
        }
        assertEquals(1, a.flush());
        assertEquals(List.of("q32"), drain(b));
        assertEquals(0, a.flush(), "nothing left");
    }

    @Test
    void shouldBeDeafAfterTheInterfaceWasCreatedAnewUntilItLooks() {
        int before = b.interfaceIndex();
        b.removeInterface();
        b.createInterface();
        send(a, "unheard");
        assertEquals(List.of(), drain(b));
        assertEquals(-LibcSockets.ENODEV, send(b, "x"));

        assertTrue(b.checkInterface());
        assertFalse(b.checkInterface());
        assertNotEquals(before, b.interfaceIndex());
        send(a, "heard");
        assertEquals(List.of("heard"), drain(b));
    }

    @Test
    void shouldGoDownWithItsInterface() {
        b.removeInterface();
        assertFalse(b.checkInterface());
        assertFalse(b.isUp());
        assertEquals(-LibcSockets.ENETDOWN, send(b, "x"));

        b.createInterface();
        assertTrue(b.checkInterface());
        assertTrue(b.isUp());
    }

    @Test
    void shouldNotHearAnythingOnceClosed() {
        network.faults(SimFaults.NONE.delay(5, 0));
        send(a, "late");
        b.close();
        network.advance(5);
        assertEquals(List.of(), drain(b));
        assertFalse(b.checkInterface());
        assertEquals(-LibcSockets.ENETDOWN, send(b, "x"));
    }

    @Test
    void shouldInjectWhatATestWantsToSee() {
        UnsafeBuffer noise = new UnsafeBuffer(new byte[65_535]);
        network.faults(SimFaults.NONE.loss(1_000_000));

        network.inject(b, new SimOrigin("192.0.2.66", 254, 99), noise, 0, 65_535);
        network.inject(b, new SimOrigin("2001:db8::1", 255, 1), noise, 0, 0);

        drain(b);
        FrameLog.Frame first = log.frames.get(0);
        assertEquals(65_535, first.length());
        assertEquals(254, first.ttl());
        assertEquals(99, first.interfaceIndex());
        assertEquals(b.interfaceIndex(), first.expectedInterfaceIndex());
        assertEquals("c0000242000000000000000000000000", first.source());
        assertEquals(6, log.last().af());
        assertEquals(0, log.last().length());
    }

    @Test
    void shouldPollNoMoreThanAsked() {
        for (int i = 0; i < 5; i++) {
            send(a, "f" + i);
        }
        assertEquals(2, b.poll(log, 2));
        assertEquals(0, b.poll(log, 0));
        assertEquals(3, b.poll(log, 10));
        assertEquals(List.of("f0", "f1", "f2", "f3", "f4"), log.texts());
    }

    @Test
    void shouldGiveTheSameHistoryForTheSameSeedOnly() {
        assertEquals(history(7), history(7));
        assertNotEquals(history(7), history(8));
    }

    private static List<String> history(long seed) {
        SimNetwork network = new SimNetwork(seed);
        SimPort sender = network.attach("s", "10.0.0.1");
        SimPort[] receivers = {network.attach("s", "10.0.0.2"), network.attach("s", "10.0.0.3")};
        network.faults(
                SimFaults.NONE
                        .delay(1_000, 5_000)
                        .loss(50_000)
                        .duplication(50_000)
                        .reordering(100_000, 20_000));
        List<String> history = new ArrayList<>();
        for (int tick = 0; tick < 1_000; tick++) {
            long nowNs = tick * 500L;
            send(sender, "f" + tick);
            network.advance(nowNs);
            for (SimPort receiver : receivers) {
                FrameLog log = new FrameLog();
                receiver.poll(log, 100);
                log.texts().forEach(t -> history.add(nowNs + " " + receiver.af() + " " + t));
            }
        }
        return history;
    }

    @Test
    void shouldRefuseAPortOfTwoFamilies() {
        assertThrows(PortException.class, () -> network.attach("sync", "10.0.0.1", "fe80::1"));
    }

    @Test
    void shouldRefuseChancesBeyondCertainty() {
        assertThrows(IllegalArgumentException.class, () -> SimFaults.NONE.loss(1_000_001));
        assertThrows(IllegalArgumentException.class, () -> SimFaults.NONE.duplication(-1));
        assertThrows(IllegalArgumentException.class, () -> SimFaults.NONE.delay(-1, 0));
    }

    @Test
    void shouldNotAllocateForAFrame() {
        UnsafeBuffer frame = new UnsafeBuffer(new byte[300]);
        long[] bytes = new long[1];
        FrameHandler count = (buffer, offset, length, info) -> bytes[0] += length;
        Allocation.assertNoneInSteadyState(
                () -> {
                    a.send(frame, 0, 300);
                    b.poll(count, 10);
                });
        assertTrue(bytes[0] > 0);
    }
}
