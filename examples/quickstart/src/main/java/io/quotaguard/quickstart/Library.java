package io.quotaguard.quickstart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The articles written so far, and the counts from which keywords are distilled. Thread-safe. */
final class Library {
    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}']+");
    private static final int SHORTEST_WORD = 4;

    private final Map<String, Article> articles = new HashMap<>();
    private final Map<String, List<Article>> articlesOfAuthor = new HashMap<>();
    private final Map<String, Integer> articlesWithWord = new HashMap<>();
    private final Map<String, Map<String, Integer>> wordsOfTopic = new HashMap<>();

    /** Takes an article in; one that is there already, as after a retry, is not counted again. */
    synchronized void add(String author, Article article) {
        if (articles.putIfAbsent(article.id(), article) != null) {
            return;
        }
        articlesOfAuthor.computeIfAbsent(author, name -> new ArrayList<>()).add(article);
        Map<String, Integer> ofTopic = wordsOfTopic.computeIfAbsent(article.topic(), topic -> new HashMap<>());
        List<String> words = NO_LETTERS
                .splitAsStream(article.text().toLowerCase(Locale.ROOT))
                .filter(word -> word.length() >= SHORTEST_WORD)
                .toList();
        words.forEach(word -> ofTopic.merge(word, 1, Integer::sum));
        new HashSet<>(words).forEach(word -> articlesWithWord.merge(word, 1, Integer::sum));
    }

    synchronized int size() {
        return articles.size();
    }

    /** Returns the author's articles, the oldest first; who has none yet has a page about himself. */
    synchronized List<Article> articlesOf(String author) {
        List<Article> written = articlesOfAuthor.get(author);
        return written != null
                ? List.copyOf(written)
                : List.of(new Article(author, "about", "About " + author, author + " writes here soon."));
    }

    /** Returns the author's newest article, or the page about him. */
    synchronized Article newestOf(String author) {
        List<Article> written = articlesOf(author);
        return written.get(written.size() - 1);
    }

    /** Returns the first articles by id. */
    synchronized List<Article> first(int count) {
        return articles.values().stream()
                .sorted(Comparator.comparing(Article::id))
                .limit(count)
                .toList();
    }

    /**
     * Returns the words that say most about a topic, by TF-IDF: how often the topic's articles use a word, times the
     * logarithm of how few articles do (Spärck Jones 1972). Empty when there is no article about it.
     */
    synchronized List<String> keywords(String topic, int count) {
        Map<String, Integer> words = wordsOfTopic.getOrDefault(topic, Map.of());
        Map<String, Double> weights = new HashMap<>();
        words.forEach((word, frequency) -> {
            double rarity = Math.log((1.0 + articles.size()) / articlesWithWord.getOrDefault(word, 1));
            weights.put(word, frequency * rarity);
        });
        return weights.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .map(Map.Entry::getKey)
                .toList();
    }
}
