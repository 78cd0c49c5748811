package io.quotaguard.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes the request log that ships with the example: always the same one. Its {@link #main} writes it anew.
 *
 * <p>The midnight in Shanghai is also a month's end; the one in UTC follows eight hours later.
 */
final class DayGenerator {
    private static final OffsetDateTime OPENING = OffsetDateTime.of(2026, 3, 31, 8, 0, 0, 0, ZoneOffset.ofHours(8));
    private static final OffsetDateTime MIDNIGHT = OPENING.plusHours(16);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);

    /** The hour of each use is drawn from these: hours since opening, the busy ones more often. */
    private static final int[] HOURS = {
        0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 6, 7, 7, 7, 8, 8, 9, 9, 10, 11, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15,
        16, 16, 17, 19, 22, 23, 24, 24, 25, 25
    };

    private static final List<String> TOPICS = List.of(
            "spring tea picking",
            "pu'er tea storage",
            "green tea in summer",
            "tea for the office",
            "filter coffee at home",
            "coffee roasting",
            "cold brew coffee",
            "rye bread",
            "bread without kneading",
            "steel bicycle frames",
            "bicycle repair",
            "commuting by bicycle",
            "the small garden",
            "a garden on the balcony",
            "film camera basics",
            "buying a used camera");

    private static final List<String> CHANNELS = List.of("blog", "newsletter", "wechat", "zhihu", "shop", "podcast");

    private static final List<String> REASONS = List.of("model overloaded", "timed out", "empty answer");

    private final Random random = new Random(20260331);
    private final List<Event> uses = new ArrayList<>();
    private final List<Event> rest = new ArrayList<>();

    private record Event(OffsetDateTime time, String subject, String what) {
        Event at(OffsetDateTime other) {
            return new Event(other, subject, what);
        }
    }

    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0]), new DayGenerator().generate(), StandardCharsets.UTF_8);
    }

    String generate() {
        people();
        for (int i = 0; i < 4; i++) {
            rush("user-" + (31 + i));
            rush("user-0" + (1 + i));
        }
        uses.sort(Comparator.comparing(Event::time));
        giveKeys();
        failures();
        outages();
        retries();
        teamPrograms();
        scheduled(4, "12:00");
        scheduled(10, "18:00");
        nightly();
        rest.add(new Event(OPENING.plusMinutes(442), "user-07", "upgrade plan=pro"));
        rest.add(new Event(OPENING.plusMinutes(828), "user-19", "upgrade plan=pro"));
        rest.addAll(uses);
        rest.sort(Comparator.comparing(Event::time));
        StringBuilder log = new StringBuilder("# TIME SUBJECT ACTION NAME=VALUE ..., made by DayGenerator\n");
        rest.forEach(event -> log.append(TIME.format(event.time()))
                .append(' ')
                .append(event.subject())
                .append(' ')
                .append(event.what())
                .append('\n'));
        return log.toString();
    }

    private void people() {
        for (int i = 1; i <= 28; i++) {
            String name = String.format(Locale.ROOT, "user-%02d", i);
            subscribe(name, "free zone=" + (i % 5 == 0 ? "UTC" : "Asia/Shanghai"));
            work(name, 4 + random.nextInt(20), 2);
        }
        for (int i = 29; i <= 40; i++) {
            subscribe("user-" + i, "pro zone=" + (i % 5 == 0 ? "America/New_York" : "Asia/Shanghai"));
            work("user-" + i, 45 + random.nextInt(40), 3);
        }
        subscribe("team-aurora", "team zone=Asia/Shanghai");
        members("aurora", "");
        open("aurora-4", "cap feature=publish_per_day limit=15");
        subscribe("team-borealis", "team zone=UTC");
        members("borealis", "seat zone=UTC");
    }

    /** Four members, with a plan of their own or none. */
    private void members(String team, String terms) {
        for (int i = 1; i <= 4; i++) {
            String member = team + "-" + i;
            if (!terms.isEmpty()) {
                subscribe(member, terms);
            }
            open(member, "join team=team-" + team);
            work(member, 40 + random.nextInt(25), 5);
        }
    }

    private void subscribe(String subject, String terms) {
        open(subject, "subscribe plan=" + terms);
    }

    private void open(String subject, String what) {
        rest.add(new Event(OPENING.minusMinutes(30), subject, what));
    }

    private void work(String subject, int count, int channels) {
        for (int i = 0; i < count; i++) {
            OffsetDateTime time =
                    OPENING.plusHours(HOURS[random.nextInt(HOURS.length)]).plusSeconds(random.nextInt(3600));
            uses.add(new Event(time, subject, use(channels)));
        }
    }

    private String use(int channels) {
        int kind = random.nextInt(100);
        String topic = " topic=\"" + TOPICS.get(random.nextInt(TOPICS.size())) + "\"";
        if (kind < 52) {
            return "generate" + topic;
        }
        return kind < 80 ? "publish channels=" + channels(1 + random.nextInt(channels)) : "distill" + topic;
    }

    private static String channels(int count) {
        return String.join(",", CHANNELS.subList(0, count));
    }

    /** Somebody uses up the day just before midnight, and goes on right after it. */
    private void rush(String subject) {
        for (int i = 0; i < 10; i++) {
            String topic = TOPICS.get(random.nextInt(TOPICS.size()));
            OffsetDateTime time = MIDNIGHT.minusSeconds(300).plusSeconds(random.nextInt(500));
            uses.add(new Event(time, subject, "generate topic=\"" + topic + "\""));
        }
    }

    private void giveKeys() {
        for (int i = 0; i < uses.size(); i++) {
            Event use = uses.get(i);
            uses.set(i, withKey(use, use.what().substring(0, 3) + "-" + String.format(Locale.ROOT, "%06d", i + 1)));
        }
    }

    private static Event withKey(Event use, String key) {
        return new Event(use.time(), use.subject(), use.what().replaceFirst(" ", " key=" + key + " "));
    }

    /** Some generations fail. Every other time the user asks again soon, which is a new request with a new key. */
    private void failures() {
        List<Event> again = new ArrayList<>();
        int generations = 0;
        for (int i = 0; i < uses.size(); i++) {
            Event use = uses.get(i);
            if (use.what().startsWith("generate") && generations++ % 27 == 26) {
                int failures = generations / 27;
                String reason = REASONS.get(failures % REASONS.size());
                uses.set(i, new Event(use.time(), use.subject(), use.what() + " failed=\"" + reason + "\""));
                if (failures % 2 == 0) {
                    String what = use.what().replaceFirst("key=(\\S+)", "key=$1-again");
                    again.add(new Event(use.time().plusSeconds(75), use.subject(), what));
                }
            }
        }
        uses.addAll(again);
    }

    /** Now and then the last channel of a post does not answer. */
    private void outages() {
        int posts = 0;
        for (int i = 0; i < uses.size(); i++) {
            Event use = uses.get(i);
            if (use.what().startsWith("publish") && posts++ % 29 == 28) {
                String down = use.what().replaceFirst(".*[=,]", "");
                String what = use.what().replaceFirst(" channels=", " down=" + down + " channels=");
                uses.set(i, new Event(use.time(), use.subject(), what));
            }
        }
    }

    /** Posts of many authors come due; those of the evening are sent twice, as by a scheduler that was started again. */
    private void scheduled(int hours, String time) {
        for (int i = 1; i <= 40; i += 3) {
            scheduled(String.format(Locale.ROOT, "user-%02d", i), hours, time);
        }
        for (String member : List.of("aurora-1", "aurora-4", "borealis-2")) {
            scheduled(member, hours, time);
        }
    }

    private void scheduled(String subject, int hours, String time) {
        Event post = new Event(
                OPENING.plusHours(hours),
                subject,
                "scheduled key=due-" + time.replace(":", "") + "-" + subject + " channels=blog,newsletter");
        rest.add(post);
        if (hours > 6) {
            rest.add(post.at(post.time().plusMinutes(6)));
        }
    }

    /** At two in the night whatever waits is published, as far as there is room; one job is run again. */
    private void nightly() {
        List<String> authors = List.of(
                "aurora-4",
                "aurora-1",
                "aurora-2",
                "aurora-3",
                "borealis-1",
                "user-29",
                "user-31",
                "user-33",
                "user-35",
                "user-37",
                "user-02",
                "user-05",
                "user-11",
                "user-19");
        for (int i = 0; i < authors.size(); i++) {
            String author = authors.get(i);
            int posts = i < 10 ? 40 : 12;
            Event job = new Event(
                    OPENING.plusHours(18).plusSeconds(i * 20L),
                    author,
                    "nightly key=nightly-0401-" + author + " posts=" + posts);
            rest.add(job);
            if (i == 5) {
                rest.add(job.at(job.time().plusMinutes(10)));
            }
        }
    }

    /** Clients time out and ask again, some at once and some after a break; two send another request with an old key. */
    private void retries() {
        for (Event use : List.copyOf(uses)) {
            int dice = random.nextInt(100);
            if (dice < 7) {
                int seconds = dice < 5 ? 5 + random.nextInt(60) : 300 + random.nextInt(5400);
                uses.add(use.at(use.time().plusSeconds(seconds)));
            }
        }
        for (String subject : List.of("user-29", "user-36")) {
            Event first = uses.stream()
                    .filter(use -> use.subject().equals(subject) && use.what().startsWith("publish"))
                    .findFirst()
                    .orElseThrow();
            uses.add(new Event(first.time().plusSeconds(90), subject, first.what() + ",extra"));
        }
    }

    /** Programs of a team distil from many machines at once: aurora beyond its limit, borealis each request twice. */
    private void teamPrograms() {
        burst("team-aurora", OPENING.plusHours(3), 160, 1);
        burst("team-aurora", OPENING.plusHours(8), 160, 1);
        burst("team-aurora", MIDNIGHT.minusSeconds(120), 120, 1);
        burst("team-aurora", MIDNIGHT.plusSeconds(2), 60, 1);
        burst("team-borealis", OPENING.plusHours(6), 60, 2);
        burst("team-borealis", OPENING.plusHours(13), 40, 2);
    }

    private void burst(String team, OffsetDateTime start, int requests, int times) {
        IntStream.range(0, requests).forEach(i -> {
            String key = String.format(
                    Locale.ROOT, "%s-%03d", start.toLocalTime().toString().replace(":", ""), i + 1);
            Event use = new Event(start.plusSeconds(i / 8), team, "distill topic=\"" + TOPICS.get(i % 16) + "\"");
            for (int time = 0; time < times; time++) {
                rest.add(withKey(use, team + "-" + key).at(use.time().plusSeconds(time)));
            }
        });
    }
}
