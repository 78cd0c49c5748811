package io.quotaguard.quickstart;

/** Writes articles: slow, dear and not always successful, like the models that do it elsewhere. */
interface ArticleWriter {
    /**
     * Writes one article; the same id and topic give the same text.
     *
     * @throws GenerationException when none came of it
     */
    Article write(String id, String topic);
}
