package io.quotaguard.quickstart;

/**
 * What crashes between the row of an article and the charge for it have left behind.
 *
 * @param crashes how many there were
 * @param articles rows of published articles
 * @param usages charges for these
 * @param halves articles without their charge, charges without their article, and pairs that do not agree
 */
record CrashReport(int crashes, long articles, long usages, long halves) {
    Proof proof() {
        return new Proof(
                halves == 0,
                "no crash left an article without its usage, or a usage without its article",
                articles + " articles, " + usages + " usages, " + halves + " without the other");
    }
}
