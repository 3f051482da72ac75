package org.pfsyncd.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.pfsyncd.control.SavedStates;
import org.pfsyncd.state.TableDigest;
import org.pfsyncd.text.BadStateException;
import org.pfsyncd.text.SavedStateReader;

/**
 * What {@code save} writes: a head, a state a line, an end with count and digest. Lines are read in
 * bounded memory, whatever stands in the file. Owned by the reading thread.
 */
final class NdjsonFile extends StateFile {
    /** Bytes of a line at most; the longest state has about 3,000. */
    static final int LINE_LIMIT = 16_384;

    private static final int FAILED = 1;
    private static final int TYPICAL_LINE = 1_300;

    private final SavedStateReader reader = new SavedStateReader(names);
    private final JsonFactory factory = new JsonFactory();
    private final byte[] line = new byte[LINE_LIMIT];
    private InputStream in;
    private TableDigest digest;
    private int length;
    private boolean isTooLong;
    private long number;
    private long count;
    private long refused;
    private long savedMs = -1;
    private long states = -1;
    private String refusal;
    private Map<String, String> end;

    NdjsonFile(Path path, FileChannel channel) throws IOException {
        super(path, channel);
        rewind();
    }

    @Override
    void rewind() throws IOException {
        channel.position(0);
        in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
        digest = new TableDigest(names);
        number = 0;
        count = 0;
        refused = 0;
        end = null;
    }

    @Override
    boolean next() throws IOException {
        while (readLine()) {
            refusal = null;
            record.clear();
            if (isHead()) {
                continue;
            }
            if (end != null) {
                refusal = "it stands behind the end; two files in one? Load them one by one";
            } else if (isTooLong) {
                refusal = "it is longer than " + LINE_LIMIT + " bytes";
            } else if (isEnd()) {
                continue;
            } else {
                parse();
            }
            count++;
            refused += refusal == null ? 0 : 1;
            return true;
        }
        return false;
    }

    private void parse() throws IOException {
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(line, 0, length))
                            .toString();
        } catch (CharacterCodingException e) {
            refusal = "it is not UTF-8";
            return;
        }
        try (JsonParser json = factory.createParser(text)) {
            if (json.nextToken() != com.fasterxml.jackson.core.JsonToken.START_OBJECT) {
                refusal = "it is no JSON object";
                return;
            }
            reader.read(json, record);
            if (json.nextToken() != null) {
                refusal = "something stands behind the object";
                return;
            }
            digest.add(record);
        } catch (BadStateException e) {
            refusal = e.getMessage();
        } catch (JsonProcessingException e) {
            refusal = "it is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("");
        }
    }

    private boolean isHead() throws IOException {
        if (number != 1 || !startsWith("{\"format\":")) {
            return false;
        }
        Map<String, String> fields = fields();
        String format = fields.getOrDefault("format", "");
        String version = fields.getOrDefault("version", "");
        if (!format.equals(SavedStates.FORMAT) || !version.equals("" + SavedStates.VERSION)) {
            throw new Failure(
                    FAILED,
                    path
                            + ":1: format "
                            + format
                            + " version "
                            + version
                            + "; this program reads "
                            + SavedStates.FORMAT
                            + " version "
                            + SavedStates.VERSION);
        }
        savedMs = whole(fields, "saved_ms");
        states = whole(fields, "states");
        return true;
    }

    private boolean isEnd() throws IOException {
        if (!startsWith("{\"end\":true")) {
            return false;
        }
        end = fields();
        return true;
    }

    private Map<String, String> fields() throws IOException {
        try {
            return Fields.of(new String(line, 0, length, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new Failure(
                    FAILED, path + ":" + number + ": not JSON: " + e.getOriginalMessage());
        }
    }

    private long whole(Map<String, String> fields, String name) {
        try {
            return Long.parseLong(fields.getOrDefault(name, "-1"));
        } catch (NumberFormatException e) {
            throw new Failure(
                    FAILED,
                    path + ":" + number + ": " + name + "=" + fields.get(name) + " is no number");
        }
    }

    private boolean startsWith(String prefix) {
        return length >= prefix.length()
                && new String(line, 0, prefix.length(), StandardCharsets.ISO_8859_1).equals(prefix);
    }

    /** The next line that is not blank; of one that is too long only the start is kept. */
    private boolean readLine() throws IOException {
        do {
            length = 0;
            isTooLong = false;
            int b = in.read();
            if (b < 0) {
                return false;
            }
            number++;
            for (; b >= 0 && b != '\n'; b = in.read()) {
                if (length == LINE_LIMIT) {
                    isTooLong = true;
                } else {
                    line[length++] = (byte) b;
                }
            }
        } while (isBlank());
        return true;
    }

    private boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\r' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    @Override
    long number() {
        return number;
    }

    @Override
    String unit() {
        return "line";
    }

    @Override
    String refusal() {
        return refusal;
    }

    @Override
    long savedMs() {
        return savedMs;
    }

    @Override
    String flaw() {
        if (savedMs < 0) {
            return "the head, {\"format\":\"" + SavedStates.FORMAT + "\",...}, is missing";
        }
        if (end == null) {
            return "the end line is missing behind line " + number + ": it is cut off";
        }
        if (whole(end, "count") != count) {
            return "the end line counts " + end.get("count") + " states, and there are " + count;
        }
        String found = String.format(Locale.ROOT, "%016x", digest.value());
        boolean isOther = refused == 0 && !found.equals(end.get("digest"));
        return isOther
                ? "its digest is " + found + ", and its end line says " + end.get("digest")
                : null;
    }

    @Override
    long total() {
        return states >= 0 ? states : size / TYPICAL_LINE;
    }
}
