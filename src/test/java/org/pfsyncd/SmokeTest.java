package org.pfsyncd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SmokeTest {
    @Test
    void shouldRunOnJava25() {
        assertEquals(25, Runtime.version().feature());
    }
}
