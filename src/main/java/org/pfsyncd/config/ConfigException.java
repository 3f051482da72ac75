package org.pfsyncd.config;

import java.util.List;

/**
 * Everything that is wrong with a configuration; each line is {@code file:line: what, value,
 * remedy}.
 */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
