/** What a run came to, for people (HTML) and for programs (JSON). */
@NullMarked
package io.quotaguard.torture.report;

import org.jspecify.annotations.NullMarked;
