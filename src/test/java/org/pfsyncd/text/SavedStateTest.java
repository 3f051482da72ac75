package org.pfsyncd.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfsyncd.support.StateRecords;
import org.pfsyncd.wire.Dialect;
import org.pfsyncd.wire.NameTable;
import org.pfsyncd.wire.StateRecord;

/** A state as a line and back, and what may not come back. */
class SavedStateTest {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int ROUNDS = 4_000;
    private static final int GARBLED_ROUNDS = 20_000;

    private final NameTable names = new NameTable();
    private final StateRecords states = new StateRecords(names);
    private final SavedStateReader reader = new SavedStateReader(names);

    @Test
    void shouldReadBackEveryByteOfEveryDialect() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Dialect> dialects = List.of(Dialect.V6, Dialect.V1301, Dialect.V1400, Dialect.V1500);
        for (int i = 0; i < ROUNDS; i++) {
            StateRecord state = states.random(dialects.get(i % 4), random);
            state.realm(names.intern("realm\u00e9")).originNode(names.intern("n" + i % 7));
            state.lastActivityMs(random.nextInt()).marks(random.nextInt(2));
            if (state.rtAf() == 0) {
                byte[] hop = new byte[16];
                random.nextBytes(hop);
                state.address(StateRecord.RT_ADDR_OFFSET, new UnsafeBuffer(hop), 0);
            }
            String line = write(state);
            assertEquals(hex(state), hex(read(line)), "seed " + seed + "\n" + line);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"proto\":6 | \"proto\":256 | proto=256; it must be a whole number from 0 to 255",
                "\"proto\":6 | \"proto\":-1 | proto=-1; it must be",
                "\"proto\":6 | \"proto\":1e2 | proto=1e2; it must be",
                "\"proto\":6 | \"proto\":99999999999999999999 | proto=99999999999999999999; it"
                        + " must",
                "\"proto\":6 | \"proto\":null | proto=null; it must be",
                "\"proto\":6 | \"proto\":6,\"proto\":6 | \"proto\" stands there twice",
                "\"proto\":6, | `` | \"proto\" is missing",
                "\"af\":4 | \"af\":5 | af=5; it must be 4 or 6",
                "\"af\":4 | \"af\":6 | the addresses are of family 4 and 4",
                "\"timeout\":2 | \"timeout\":25 | timeout=25; it must be a whole number from 0 to"
                        + " 24",
                "\"state\":4 | \"state\":13 | src.state=13; it must be a whole number from 0 to 12",
                "\"direction\":\"in\" | \"direction\":\"up\" | direction=up; it must be in, out",
                "\"creatorid\":\"0badcafe\" | \"creatorid\":\"00000000\" | creatorid=00000000; it",
                "\"creatorid\":\"0badcafe\" | \"creatorid\":\"zz\" | creatorid=zz; it must be 1 to"
                        + " 8",
                "\"ifname\":\"all\" | \"ifname\":\"\" | ifname=\"\"; it has 1 to 15 bytes",
                "\"ifname\":\"all\" | \"ifname\":\"a\\u0000b\" | without NUL",
                "\"ifname\":\"all\" | \"ifname\":\"\\u4e2d\" | at most 15 bytes",
                "\"ifname\":\"all\" | \"ifname\":\"abcdefghijklmnop\" | at most 15 bytes",
                "10.1.0.10 | localhost | a numeric address",
                "10.1.0.10 | 10.1.0.256 | a numeric address",
                "10.1.0.10 | ::1 | both addresses of one family",
                "10.1.0.10 | 1::2::3 | a numeric address",
                "\"dialect\":\"v6\" | \"dialect\":\"v5\" | dialect=v5; it must be v6, 1301",
                "\"rule\":-1 | \"colour\":1 | \"colour\" is no field of a saved state",
                "\"packets\":[0,0] | \"packets\":[0] | packets=]; it must be two counts",
                "\"packets\":[0,0] | \"packets\":[0,0,0] | an array of two numbers",
                "\"packets\":[0,0] | \"packets\":[-1,0] | from 0 to 18446744073709551615",
                "\"expires_ms\" | \"expires_ms\":99999999999999,\"x\" | expires_ms=99999999999999;"
                        + " it",
                "\"confirmed\":false | \"confirmed\":1 | confirmed=1; it must be true or false"
            })
    void shouldRefuseNamingFieldValueAndLimit(String what, String by, String message)
            throws IOException {
        String line = write(states.tcp(1, 0x0badcafe).record());
        assertTrue(line.contains(what), line);
        String bad =
                line.replaceFirst(
                        java.util.regex.Pattern.quote(what),
                        java.util.regex.Matcher.quoteReplacement(by));
        BadStateException refusal = assertThrows(BadStateException.class, () -> read(bad), bad);
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
    }

    @Test
    void shouldRefuseOrReadWhateverStandsThereAndNeverThrowOtherwise() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String line = write(states.random(Dialect.V1500, random));
        int refused = 0;
        for (int i = 0; i < GARBLED_ROUNDS; i++) {
            StringBuilder garbled = new StringBuilder(line);
            for (int k = random.nextInt(3); k >= 0; k--) {
                int at = random.nextInt(garbled.length());
                switch (random.nextInt(3)) {
                    case 0 ->
                            garbled.setCharAt(
                                    at, "{}[]\",:0x-e\\ \u0000".charAt(random.nextInt(14)));
                    case 1 -> garbled.deleteCharAt(at);
                    default -> garbled.setLength(at);
                }
                if (garbled.isEmpty()) {
                    garbled.append('{');
                }
            }
            try {
                read(garbled.toString());
            } catch (BadStateException | JsonProcessingException e) {
                refused++;
            }
        }
        assertTrue(refused > GARBLED_ROUNDS / 2, "seed " + seed + " refused " + refused);
    }

    private String write(StateRecord state) throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(line)) {
            new SavedStateWriter(names).write(json, state);
        }
        return line.toString();
    }

    private StateRecord read(String line) throws IOException, BadStateException {
        StateRecord into = StateRecords.blank();
        try (JsonParser json = FACTORY.createParser(line)) {
            json.nextToken();
            reader.read(json, into);
        }
        return into;
    }

    private static String hex(StateRecord record) {
        byte[] bytes = new byte[StateRecord.JOURNALED_LENGTH];
        record.buffer().getBytes(record.offset(), bytes);
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
