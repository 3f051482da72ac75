package org.pfsyncd.group;

import org.pfsyncd.wire.Action;

/**
 * Which messages say something of states, by which a silence is broken: requests, bulk status and
 * acknowledgements come from every other mirror too. Stateless.
 */
final class News {
    /** A bit for each action. */
    private static final int IN_BOTH =
            (1 << Action.CLR)
                    | (1 << Action.UPD_C)
                    | (1 << Action.DEL)
                    | (1 << Action.DEL_C)
                    | (1 << Action.INS_V6)
                    | (1 << Action.UPD_V6); // those numbers are INS and UPD of 1400 in version 5

    private static final int IN_V5 =
            (1 << Action.INS_1301)
                    | (1 << Action.UPD_1301)
                    | (1 << Action.INS_1500)
                    | (1 << Action.UPD_1500);

    /** Full updates, which also answer somebody. */
    private static final int UPDATES_V6 = 1 << Action.UPD_V6;

    private static final int UPDATES_V5 =
            UPDATES_V6 | (1 << Action.UPD_1301) | (1 << Action.UPD_1500);

    private News() {}

    /**
     * Whether an action of 0 to 16 says something of states in that header version.
     *
     * @param isFirewall whether its sender is known as one: a full update of anybody else may be
     *     another mirror's answer.
     */
    static boolean isIn(int headerVersion, int action, boolean isFirewall) {
        boolean isV6 = headerVersion == 6;
        int actions = isV6 ? IN_BOTH : IN_BOTH | IN_V5;
        if (!isFirewall) {
            actions &= isV6 ? ~UPDATES_V6 : ~UPDATES_V5;
        }
        return ((actions >> action) & 1) != 0;
    }
}
