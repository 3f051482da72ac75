package org.pfsyncd.wire;

/**
 * Action numbers, message lengths and dispatch as data (spec pfsync.md section 5.8). Numbers 13 to
 * 15 mean different things in header versions 5 and 6, so there are two tables.
 */
public final class Action {
    public static final int CLR = 0;
    public static final int INS_1301 = 1;
    public static final int INS_ACK = 2;
    public static final int UPD_1301 = 3;
    public static final int UPD_C = 4;
    public static final int UPD_REQ = 5;
    public static final int DEL = 6;
    public static final int DEL_C = 7;
    public static final int INS_F = 8;
    public static final int DEL_F = 9;
    public static final int BUS = 10;
    public static final int TDB_OLD = 11;
    public static final int EOF = 12;
    public static final int INS_V6 = 13;
    public static final int UPD_V6 = 14;
    public static final int TDB_V6 = 15;
    public static final int INS_1400 = 13;
    public static final int UPD_1400 = 14;
    public static final int INS_1500 = 15;
    public static final int UPD_1500 = 16;

    /** First number beyond those of any version: size of a histogram. */
    public static final int COUNT = 17;

    /** First action number that version 6 does not know. */
    static final int V6_LIMIT = 16;

    static final int CLR_LENGTH = 20;
    static final int ID_LENGTH = 12;
    static final int UPD_C_LENGTH = 84;
    static final int BUS_LENGTH = 12;
    static final int TDB_OLD_LENGTH = 48;
    static final int TDB_V6_LENGTH = 52;

    private static final MessageKind[] V5_KINDS = new MessageKind[COUNT];
    private static final MessageKind[] V6_KINDS = new MessageKind[COUNT];
    private static final Dialect[] V5_DIALECTS = new Dialect[COUNT];
    private static final int[] V5_LENGTHS = new int[COUNT];
    private static final int[] V6_LENGTHS = new int[COUNT];

    static {
        row5(CLR, MessageKind.CLR, CLR_LENGTH, null);
        row5(INS_1301, MessageKind.INS, 0, Dialect.V1301);
        row5(INS_ACK, MessageKind.INS_ACK, ID_LENGTH, null);
        row5(UPD_1301, MessageKind.UPD, 0, Dialect.V1301);
        row5(UPD_C, MessageKind.UPD_C, UPD_C_LENGTH, null);
        row5(UPD_REQ, MessageKind.UPD_REQ, ID_LENGTH, null);
        row5(DEL, MessageKind.DEL, 0, Dialect.V1301);
        row5(DEL_C, MessageKind.DEL_C, ID_LENGTH, null);
        row5(BUS, MessageKind.BUS, BUS_LENGTH, null);
        row5(TDB_OLD, MessageKind.TDB, TDB_OLD_LENGTH, null);
        row5(EOF, MessageKind.EOF, 0, null);
        row5(INS_1400, MessageKind.INS, 0, Dialect.V1400);
        row5(UPD_1400, MessageKind.UPD, 0, Dialect.V1400);
        row5(INS_1500, MessageKind.INS, 0, Dialect.V1500);
        row5(UPD_1500, MessageKind.UPD, 0, Dialect.V1500);

        row6(CLR, MessageKind.CLR, CLR_LENGTH);
        row6(INS_ACK, MessageKind.INS_ACK, ID_LENGTH);
        row6(UPD_C, MessageKind.UPD_C, UPD_C_LENGTH);
        row6(UPD_REQ, MessageKind.UPD_REQ, ID_LENGTH);
        row6(DEL, MessageKind.DEL, Dialect.V6.stateLength());
        row6(DEL_C, MessageKind.DEL_C, ID_LENGTH);
        row6(BUS, MessageKind.BUS, BUS_LENGTH);
        row6(INS_V6, MessageKind.INS, Dialect.V6.stateLength());
        row6(UPD_V6, MessageKind.UPD, Dialect.V6.stateLength());
        row6(TDB_V6, MessageKind.TDB, TDB_V6_LENGTH);
    }

    private Action() {}

    private static void row5(int action, MessageKind kind, int length, Dialect dialect) {
        V5_KINDS[action] = kind;
        V5_DIALECTS[action] = dialect;
        V5_LENGTHS[action] = dialect == null ? length : dialect.stateLength();
    }

    private static void row6(int action, MessageKind kind, int length) {
        V6_KINDS[action] = kind;
        V6_LENGTHS[action] = length;
    }

    /** What the messages of an action are, or null where there is no handler. Action 0 to 16. */
    static MessageKind kind(int version, int action) {
        return version == 6 ? V6_KINDS[action] : V5_KINDS[action];
    }

    /** Bytes of one message; 0 where there is no handler. */
    static int length(int version, int action) {
        return version == 6 ? V6_LENGTHS[action] : V5_LENGTHS[action];
    }

    /** Format of the states of an action. */
    static Dialect dialect(int version, int action) {
        return version == 6 ? Dialect.V6 : V5_DIALECTS[action];
    }

    /** Action that sends a full state of a kind in a dialect. */
    public static int of(MessageKind kind, Dialect dialect) {
        if (kind == MessageKind.DEL) {
            return DEL;
        }
        boolean isInsert = kind == MessageKind.INS;
        return switch (dialect) {
            case V6 -> isInsert ? INS_V6 : UPD_V6;
            case V1400 -> isInsert ? INS_1400 : UPD_1400;
            case V1500 -> isInsert ? INS_1500 : UPD_1500;
            case V1301, V5 -> isInsert ? INS_1301 : UPD_1301;
        };
    }
}
