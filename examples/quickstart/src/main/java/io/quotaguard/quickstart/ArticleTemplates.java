package io.quotaguard.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Assembles articles from templates, and always succeeds. */
final class ArticleTemplates implements ArticleWriter {
    private static final int PARAGRAPHS = 3;
    private static final int SENTENCES = 4;

    private static final List<String> TITLES = List.of(
            "%s for beginners",
            "Five mistakes in %s",
            "What nobody says about %s",
            "%s, one step at a time",
            "The quiet joy of %s",
            "%s: questions and answers");

    private static final List<String> SENTENCES_ABOUT = List.of(
            "Whoever starts with %1$s soon meets the %2$s.",
            "A good %2$s makes the %3$s easier, and %1$s is no exception.",
            "Ask three people about the %2$s and you hear four opinions on the %3$s.",
            "Keep the %2$s clean, and the %3$s takes care of itself.",
            "In %1$s the %3$s matters more than the %2$s.",
            "Nobody regrets the afternoon spent on a better %2$s.",
            "The old hands look at the %3$s first, then at the %2$s.",
            "With a little patience the %2$s and the %3$s come together.");

    /** Words of the trade, by a word that a topic about it contains. */
    private static final Map<String, List<String>> WORDS = Map.of(
            "tea", List.of("kettle", "leaf", "brewing", "gaiwan", "harvest", "aroma", "steeping", "terrace"),
            "coffee", List.of("grinder", "roast", "crema", "filter", "portafilter", "beans", "extraction", "barista"),
            "bread", List.of("starter", "crumb", "crust", "proofing", "flour", "oven", "kneading", "hydration"),
            "bicycle", List.of("frame", "saddle", "chainring", "derailleur", "wheel", "brake", "fork", "handlebar"),
            "garden", List.of("compost", "seedling", "trellis", "mulch", "pruning", "raised bed", "rainwater", "soil"),
            "camera",
                    List.of("lens", "aperture", "shutter", "tripod", "exposure", "viewfinder", "darkroom", "negative"));

    private static final List<String> ANY_TRADE =
            List.of("method", "habit", "workshop", "notebook", "tool", "lesson", "budget", "weekend");

    @Override
    public Article write(String id, String topic) {
        // Seeded by the request, so that the retry of a request brings the same article.
        Random random = new Random(31L * id.hashCode() + topic.hashCode());
        List<String> words = wordsFor(topic);
        List<String> paragraphs = new ArrayList<>();
        for (int i = 0; i < PARAGRAPHS; i++) {
            paragraphs.add(random.ints(SENTENCES, 0, SENTENCES_ABOUT.size())
                    .mapToObj(sentence -> sentence(SENTENCES_ABOUT.get(sentence), topic, words, random))
                    .collect(Collectors.joining(" ")));
        }
        String title = String.format(Locale.ROOT, TITLES.get(random.nextInt(TITLES.size())), topic);
        return new Article(id, topic, capitalised(title), String.join("\n\n", paragraphs));
    }

    private static String sentence(String template, String topic, List<String> words, Random random) {
        int first = random.nextInt(words.size());
        int other = (first + 1 + random.nextInt(words.size() - 1)) % words.size();
        return String.format(Locale.ROOT, template, topic, words.get(first), words.get(other));
    }

    private static List<String> wordsFor(String topic) {
        return WORDS.entrySet().stream()
                .filter(trade -> topic.toLowerCase(Locale.ROOT).contains(trade.getKey()))
                .min(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .orElse(ANY_TRADE);
    }

    private static String capitalised(String title) {
        return title.isEmpty() ? title : title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }
}
