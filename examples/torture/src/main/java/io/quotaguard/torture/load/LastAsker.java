package io.quotaguard.torture.load;

import io.quotaguard.torture.history.Call;
import io.quotaguard.torture.history.CallKind;
import io.quotaguard.torture.history.Ending;
import io.quotaguard.torture.history.History;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Asks once more, from a process that was never disturbed and over servers that all are there, what nobody has been answered: the
 * same request under the same key, as callers are advised to.
 */
public final class LastAsker {
    /** Those whose caller chose the key, and can repeat it. */
    private static final Set<CallKind> REPEATABLE = Set.of(CallKind.USE, CallKind.RESERVE, CallKind.CORRECT);

    private final Caller caller;

    public LastAsker(Caller caller) {
        this.caller = caller;
    }

    public void ask(History history) {
        Map<String, Call> open = new LinkedHashMap<>();
        for (Call call : history.calls()) {
            if (REPEATABLE.contains(call.kind())) {
                boolean answered = !call.open() && !call.ended(Ending.UNAVAILABLE);
                if (answered && isOf(call, open)) {
                    open.remove(call.key());
                } else if (!answered) {
                    open.putIfAbsent(call.key(), call);
                }
            }
        }
        open.values().forEach(this::ask);
    }

    /** Another request under the key was told something of itself only. */
    private static boolean isOf(Call call, Map<String, Call> open) {
        Call asked = open.get(call.key());
        return asked != null && asked.items().equals(call.items());
    }

    private void ask(Call call) {
        switch (call.kind()) {
            case USE -> caller.use(call.key(), call.items());
            case RESERVE -> caller.reserve(call.key(), call.items().get(0), new Caller.Held());
            case CORRECT ->
                caller.correct(
                        call.key(), String.valueOf(call.target()), call.items().get(0));
            default -> throw new IllegalStateException(call.kind() + " cannot be repeated");
        }
    }
}
