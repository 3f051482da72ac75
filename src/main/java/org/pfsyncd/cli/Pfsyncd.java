package org.pfsyncd.cli;

/** Entry point. */
public final class Pfsyncd {
    private Pfsyncd() {}

    /** Runs the verb named by the first argument. */
    public static void main(String[] args) {
        System.out.println("pfsyncd " + Pfsyncd.class.getPackage().getImplementationVersion());
    }
}
