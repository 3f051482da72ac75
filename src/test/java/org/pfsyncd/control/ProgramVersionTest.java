package org.pfsyncd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProgramVersionTest {
    @Test
    void shouldNameTheCommitWhereThereIsOne() {
        assertEquals("0.1.0 (ebfd515)", ProgramVersion.withoutPlaceholder("0.1.0 (ebfd515)"));
        assertEquals("0.1.0", ProgramVersion.withoutPlaceholder("0.1.0 (${git.commit})"));
    }

    @Test
    void shouldSayThatItWasNotBuiltAsAProgram() {
        assertEquals("development", ProgramVersion.text());
    }
}
