package io.quotaguard.simulation;

import io.quotaguard.model.Verdict;
import io.quotaguard.spi.Command;
import io.quotaguard.spi.Line;
import io.quotaguard.spi.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that happened, in its order: a line for each request, what became of it and what the store answered. Keys that the
 * library made up are numbered as they come, since they are others each time.
 */
final class Story {
    private final StringBuilder text = new StringBuilder();
    private final Map<String, String> made = new HashMap<>();

    Story add(Object part) {
        text.append(part).append(' ');
        return this;
    }

    Story key(String key) {
        return add(key.length() < 36 ? key : made.computeIfAbsent(key, fresh -> "made" + made.size()));
    }

    Story requests(List<Command> commands) {
        for (Command command : commands) {
            add(command.operation()).key(command.key());
            for (Line line : command.lines()) {
                add(line.subject())
                        .add(line.feature())
                        .add(line.amount())
                        .add(line.terms().limit().units());
            }
        }
        return this;
    }

    Story outcomes(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            add(outcome.getClass().getSimpleName());
            if (outcome instanceof Outcome.Accepted accepted) {
                add(accepted.replayed() ? "again" : "now").add(accepted.alerts().size());
                accepted.verdicts().forEach(this::verdict);
            } else if (outcome instanceof Outcome.Refused refused) {
                refused.verdicts().forEach(this::verdict);
            }
        }
        return this;
    }

    private void verdict(Verdict verdict) {
        add(verdict.counter().used() + "+" + verdict.counter().held() + "/"
                + verdict.limit().units());
    }

    void end() {
        text.append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
