package org.pfsyncd.capture;

/** Reads the frames of one file format: {@link ClassicFormat} or {@link PcapngFormat}. */
interface CaptureFormat {
    /** Reads the next frame; false at the end of the file. */
    boolean next(RawFrame into) throws CaptureException;
}
