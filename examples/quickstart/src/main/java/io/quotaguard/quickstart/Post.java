package io.quotaguard.quickstart;

import java.util.List;
import java.util.Set;

/**
 * An author's newest article, to be published to some channels.
 *
 * @param author who publishes
 * @param key of the request, so that a retry publishes the same and not once more
 * @param channels at least one
 * @param down those among them that do not answer
 */
record Post(String author, String key, List<String> channels, Set<String> down) {
    Post {
        channels = List.copyOf(channels);
        down = Set.copyOf(down);
    }
}
