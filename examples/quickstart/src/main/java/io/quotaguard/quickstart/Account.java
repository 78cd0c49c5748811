package io.quotaguard.quickstart;

import java.time.ZoneId;
import java.util.Optional;

/**
 * A subject of the platform: a user, or a team with a pool of its own.
 *
 * @param name the subject's name, as the guard knows it
 * @param zone in which the subject's days begin; a member without a plan of its own has its team's
 * @param team whose pool a member's uses are charged to as well; empty for all others
 */
record Account(String name, ZoneId zone, Optional<String> team) {}
