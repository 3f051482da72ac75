package org.pfsyncd.wire;

/** What the fuzzer calls: any bytes through walker, decoders and encoders. */
public final class WireFuzzTarget {
    private WireFuzzTarget() {}

    public static void fuzzerTestOneInput(byte[] frame) {
        FrameTorture.run(frame, new NameTable(16));
    }

    /** A parser with a fault, to prove that the fuzzer would tell. */
    public static final class Faulty {
        private Faulty() {}

        public static void fuzzerTestOneInput(byte[] frame) {
            WireFuzzTarget.fuzzerTestOneInput(frame);
            if (frame.length > 20 && frame[0] == 6 && frame[20] == Action.BUS) {
                throw new IllegalStateException("planted");
            }
        }
    }
}
