package io.quotaguard.torture.check;

/** A promise that is checked. */
public enum Invariant {
    A1("never more than the limit"),
    A2("every allowed use has exactly one row, and the counter is the sum of its rows"),
    A3("no refusal without a reason"),
    A4("all lines of a call or none"),
    B1("one key has one effect, and one answer"),
    B2("a key that stands for another request is a conflict, and changes nothing"),
    B3("a call has an answer, or fails in one of the ways that are told"),
    B4("what nobody was told is neither allowed nor denied"),
    C1("a use falls into the window of its instant on the store's clock"),
    D1("a decision is made by a version of the plan that was in force during the call"),
    E1("one alert a crossing"),
    E2("each alert is delivered, and nothing that did not fire"),
    H1("a hold ends once, and takes no more than it held"),
    K1("a correction takes back once, and never more than there was");

    private final String promise;

    Invariant(String promise) {
        this.promise = promise;
    }

    public String promise() {
        return promise;
    }
}
