package io.quotaguard.quickstart;

/**
 * A generated article.
 *
 * @param id the key of the request that asked for it, so that a retry makes the same article and not another one
 * @param topic what it is about
 * @param title one line
 * @param text some paragraphs
 */
record Article(String id, String topic, String title, String text) {}
