package org.pfsyncd.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pfsyncd.support.RecordingVisitor;
import org.pfsyncd.wire.FrameWalker;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** What a node sent, walked as a receiver would: messages by kind, marks, states. */
final class SentFrames {
    final Map<String, Integer> byKind = new TreeMap<>();
    final List<String> messages = new ArrayList<>();
    final List<String> marks = new ArrayList<>();
    final List<StateRecord> states = new ArrayList<>();

    static SentFrames of(List<byte[]> frames, GroupLab lab) {
        return of(frames, lab.names, lab.nowMs);
    }

    static SentFrames of(List<byte[]> frames, NameTable names, long nowMs) {
        SentFrames sent = new SentFrames();
        for (byte[] frame : frames) {
            RecordingVisitor visitor = new RecordingVisitor(names, nowMs);
            visitor.walk(frame, FrameWalker.ACCEPT_V5 | FrameWalker.ACCEPT_V6);
            if (!visitor.rejects().isEmpty()) {
                throw new AssertionError("a receiver refuses it: " + visitor.lines());
            }
            sent.states.addAll(visitor.states());
            for (String message : visitor.messages()) {
                sent.messages.add(message);
                sent.byKind.merge(kind(message), 1, Integer::sum);
                if (message.startsWith("BUS")) {
                    sent.marks.add(message);
                }
            }
        }
        return sent;
    }

    private static String kind(String message) {
        boolean isBulkRequest =
                message.startsWith("UPD_REQ") && message.endsWith("0000000000000000/00000000");
        return isBulkRequest ? "UPD_REQ bulk" : message.split(" ", 2)[0];
    }

    /** The states by id; the same id twice is an error. */
    Map<Long, StateRecord> byId() {
        Map<Long, StateRecord> found = new HashMap<>();
        for (StateRecord state : states) {
            if (found.put(state.id(), state) != null) {
                throw new AssertionError("sent twice: " + state);
            }
        }
        return found;
    }

    int kind(String kind, int none) {
        return byKind.getOrDefault(kind, none);
    }
}
