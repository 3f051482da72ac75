package org.pfsyncd.control;

/** What this program was built from: its version, and the commit where it was built in a clone. */
public final class ProgramVersion {
    private static final String NO_COMMIT = " (${";

    private ProgramVersion() {}

    /** Such as {@code 0.1.0 (ebfd515)}; a commit with changes on top ends in {@code -changed}. */
    public static String text() {
        String built = ProgramVersion.class.getPackage().getImplementationVersion();
        return built == null ? "development" : withoutPlaceholder(built);
    }

    /** Outside of a clone nothing replaced the placeholder. */
    static String withoutPlaceholder(String built) {
        int at = built.indexOf(NO_COMMIT);
        return at < 0 ? built : built.substring(0, at);
    }
}
